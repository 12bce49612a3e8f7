import { afterEach, expect, it } from 'vitest';
import { useOwnBackend } from '../../src/process/own-backend.js';
import { withoutProcessHooks } from '../../src/process/process-hooks.js';

const own = () => {};
afterEach(() => {
  process.off('uncaughtException', own);
});

const listeners = () => [
  ...process.rawListeners('uncaughtException'),
  ...process.rawListeners('unhandledRejection'),
];

it('removes the listeners that a package adds, and keeps the others', async () => {
  process.on('uncaughtException', own);
  const before = listeners();
  const result = await withoutProcessHooks(async () => {
    process.on('uncaughtException', () => {});
    process.on('unhandledRejection', () => {});
    return 3;
  });
  expect(result).toBe(3);
  expect(listeners()).toEqual(before);
});

it('of the wasm backend no listener stays', async () => {
  const before = listeners();
  await useOwnBackend('wasm');
  expect(listeners()).toEqual(before);
});
