import { OutOfMemoryError } from '@ds/kernels/wasm';
import { expect, it } from 'vitest';
import { errorOf, reportError } from '../../src/process/named-error.js';
import { isOutOfMemory } from '../../src/run/out-of-memory.js';

it.each([
  ['of the kernels', new OutOfMemoryError('wasm: 1 MiB more were requested')],
  ['of another thread', errorOf(reportError(new OutOfMemoryError('wasm: 1 MiB more')))],
  ['of Emscripten', new Error('Aborted(OOM). Build with -sASSERTIONS for more info.')],
  ['of an engine', new WebAssembly.RuntimeError('memory access out of bounds')],
])('an error %s means that wasm is out of memory', (_, error) => {
  expect(isOutOfMemory(error)).toBe(true);
});

it.each([
  new Error('wasm: out of memory, says the text'),
  new RangeError('Invalid typed array length: -1'),
])('%s does not', (error) => {
  expect(isOutOfMemory(error)).toBe(false);
});
