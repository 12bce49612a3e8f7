/** Process events for which Emscripten modules register listeners. These rethrow all errors. */
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Calls a function that loads a module, and removes the process-wide error listeners that the
 * module adds. A module must not handle the errors of other code.
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
