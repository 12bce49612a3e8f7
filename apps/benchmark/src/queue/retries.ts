/** How often a run is tried, and the wait after the first failure, doubled after each further one. */
export const ATTEMPTS = 3;
export const BACKOFF_MS = 5_000;

/** A failure that would come again, since the run's own numbers cause it. */
export class FinalFailure extends Error {
  override readonly name = 'FinalFailure';
}

/** A {@link FinalFailure} that says so. */
export function finalFailure(message: string, cause: Error): FinalFailure {
  return new FinalFailure(`${message}; it would fail again`, { cause });
}

/** Whether a failure would come again. Errors of other threads have lost all but the name. */
export function isFinalFailure({ name }: Error): boolean {
  return name === 'FinalFailure';
}
