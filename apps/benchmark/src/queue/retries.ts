/** How often a run is tried, and the wait after the first failure, doubled after each further one. */
export const ATTEMPTS = 3;
export const BACKOFF_MS = 5_000;

/** Whether a failed run would fail again: its numbers would come out the same. Errors arrive from other threads as text. */
export function isFinalFailure(message: string): boolean {
  return /train: loss must stay finite|the wasm backend ran out of memory/.test(message);
}
