import { expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';
import { REPAIRS } from '../../src/repairs/index.js';

it('each repair describes the mistake and its backends', () => {
  expect(new Set(REPAIRS.map(({ name }) => name)).size).toBe(REPAIRS.length);
  for (const repair of REPAIRS) {
    expect(repair.wrong).toMatch(/\w/);
    expect(repair.backends.length).toBeGreaterThan(0);
  }
});

it('useBackend installs and reports the repairs of the backend, also of cpu', async () => {
  for (const backend of ['cpu', 'wasm', 'cpu'] as const) {
    const { repaired } = await useBackend(backend);
    const wanted = REPAIRS.filter(({ backends }) => backends.includes(backend));
    expect(repaired).toEqual(wanted.map(({ name }) => name));
    expect(repaired).toContain('gradient of AvgPool');
  }
});
