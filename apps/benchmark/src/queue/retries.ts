/** Attempts for each run, and the wait after the first failure. The wait doubles each time. */
export const ATTEMPTS = 3;
export const BACKOFF_MS = 5_000;

/**
 * Marks a failure caused by the run itself. Errors from other threads and machines arrive as text,
 * so the mark is in the text.
 */
const FINAL = '; it would fail again';

/** An error caused by the run's own numbers: a retry would fail again. */
export function finalFailure(message: string, cause: Error): Error {
  return new Error(`${message}${FINAL}`, { cause });
}

export function isFinalFailure(message: string): boolean {
  return message.endsWith(FINAL);
}
