import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';
import { REPAIRS } from '../../src/repairs/index.js';

it('each repair says what is wrong, where, and in which tfjs', () => {
  expect(new Set(REPAIRS.map(({ name }) => name)).size).toBe(REPAIRS.length);
  for (const repair of REPAIRS) {
    expect(repair.wrong).toMatch(/\w/);
    expect(repair.backends.length).toBeGreaterThan(0);
    // For another tfjs, see which repairs are still needed, and write its version there.
    expect(repair.seenIn).toBe(tf.version['tfjs-core']);
  }
});

it('useBackend installs those of the backend, cpu too, and says which', async () => {
  for (const backend of ['cpu', 'wasm', 'cpu'] as const) {
    const { repaired } = await useBackend(backend);
    const wanted = REPAIRS.filter(({ backends }) => backends.includes(backend));
    expect(repaired).toEqual(wanted.map(({ name }) => name));
    expect(repaired).toContain('gradient of AvgPool');
  }
});

it('makes them once, whoever asks', async () => {
  const [first, second] = await Promise.all([useBackend('cpu'), useBackend('cpu')]);
  expect(second).toEqual(first);
  const again = await useBackend('cpu');
  expect(again).toEqual(first);
  expect(new Set(again.replaced).size).toBe(again.replaced.length);
});
