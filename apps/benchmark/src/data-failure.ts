import type { Batches, BatchSource } from '@ds/train';

/** How a failure says that it came from reading data. Errors come from other threads as text. */
const OF_DATA = 'data: ';

/** An error of reading data. Its text may hold parts of files, and stays on this machine. */
function dataFailure(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return isDataFailure(message)
    ? (error as Error)
    : new Error(`${OF_DATA}${message}`, { cause: error });
}

/** Whether a failure came from reading data. */
export function isDataFailure(message: string): boolean {
  return message.startsWith(OF_DATA);
}

/**
 * Waits for what reads data.
 *
 * @throws Error that {@link isDataFailure} knows, if it fails.
 */
export async function reading<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    throw dataFailure(error);
  }
}

/** The same batches. They fail as {@link reading} does. */
export function readingBatches(batches: BatchSource): BatchSource {
  const source = pass(batches);
  if (!batches.from) return source;
  return Object.assign(source, { from: (batch: number) => pass(batches.from!(batch)) });
}

async function* pass(batches: Batches) {
  const iterator =
    Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  try {
    for (;;) {
      const next = await reading((async () => iterator.next())());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Ends the one that reads, where the one that takes the batches stops early.
    await iterator.return?.(undefined);
  }
}
