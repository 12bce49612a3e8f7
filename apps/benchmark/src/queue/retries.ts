/** Attempts for each run, and the wait after the first failure. The wait doubles each time. */
export const ATTEMPTS = 3;
export const BACKOFF_MS = 5_000;

/** A failure that the run's own numbers cause. A retry would fail again. */
export class FinalFailure extends Error {
  override readonly name = 'FinalFailure';
}

/** Makes a {@link FinalFailure}. */
export function finalFailure(message: string, cause: Error): FinalFailure {
  return new FinalFailure(`${message}; it would fail again`, { cause });
}

/** Whether a retry would fail again. Errors from other threads keep only their name. */
export function isFinalFailure({ name }: Error): boolean {
  return name === 'FinalFailure';
}
