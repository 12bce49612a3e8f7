/**
 * Whether an error means that the wasm backend is out of memory. tfjs and Emscripten have no class
 * for such errors, so only the message identifies them.
 */
export function isOutOfMemory({ message }: Error): boolean {
  return /^Aborted\(|memory access out of bounds|Out of memory|enlarge memory/i.test(message);
}
