/**
 * Whether an error means that the wasm backend is out of memory: an `OutOfMemoryError` of
 * `@ds/kernels`, or an error of Emscripten, which has no class for it. So its message decides.
 */
export function isOutOfMemory({ name, message }: Error): boolean {
  return name === 'OutOfMemoryError' || EMSCRIPTEN.test(message);
}

const EMSCRIPTEN = /^Aborted\(|memory access out of bounds|enlarge memory/i;
