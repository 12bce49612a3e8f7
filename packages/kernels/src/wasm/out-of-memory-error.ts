/**
 * The wasm backend has no memory left, and computes nothing more. Its `name` is fixed. Compare
 * names, not classes, if an error may come from another thread.
 */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
}
