/** What packages compiled from C like to listen to, to throw it anew with their own source around it. */
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Loads or starts something, and takes away the listeners for errors of the whole process that it
 * added. Errors of other code are none of its business.
 */
export async function withoutProcessHooks<Result>(load: () => Promise<Result>): Promise<Result> {
  const before = EVENTS.map((event) => process.rawListeners(event));
  try {
    return await load();
  } finally {
    EVENTS.forEach((event, i) => {
      for (const listener of process.rawListeners(event)) {
        if (!before[i]!.includes(listener)) {
          process.off(event, listener as (error: unknown) => void);
        }
      }
    });
  }
}
