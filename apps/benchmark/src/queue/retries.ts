/** How often a run is tried, and the wait after the first failure, doubled after each further one. */
export const ATTEMPTS = 3;
export const BACKOFF_MS = 5_000;

/** How a failure says that it is the run's own. Errors come from other threads and machines as text, so the text says it. */
const FINAL = '; it would fail again';

/** A failure that would come again, since the run's own numbers make it. */
export function finalFailure(message: string, cause: Error): Error {
  return new Error(`${message}${FINAL}`, { cause });
}

export function isFinalFailure(message: string): boolean {
  return message.endsWith(FINAL);
}
