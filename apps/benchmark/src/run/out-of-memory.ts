/**
 * Whether an error says that the wasm backend has no memory left. tfjs and emscripten have no class
 * for such errors, so their text is all there is.
 */
export function isOutOfMemory({ message }: Error): boolean {
  return /^Aborted\(|memory access out of bounds|Out of memory|enlarge memory/i.test(message);
}
