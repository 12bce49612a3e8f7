import { expect, it } from 'vitest';
import { mayRunAgain } from '../../src/run/may-run-again.js';

const MB = 2 ** 20;
const little = { tensors: 0, external: 20 * MB, heapUsed: 60 * MB };

it.each([
  ['after a run', 'wasm', false, {}, true],
  ['of a GPU', 'webgpu', false, {}, false],
  ['after a stopped run', 'wasm', true, {}, false],
  ['with a tensor that is left', 'wasm', false, { tensors: 1 }, false],
  ['with much memory of WebAssembly', 'wasm', false, { external: 300 * MB }, false],
  ['with a large heap', 'wasm', false, { heapUsed: 240 * MB }, false],
] as const)('a thread %s', (_, backend, stopped, more, expected) => {
  expect(mayRunAgain({ backend }, { stopped }, { ...little, ...more })).toBe(expected);
});
