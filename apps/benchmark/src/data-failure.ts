import type { Batches, BatchSource } from '@ds/train';

/** An error of reading data. Its text may hold parts of files, and stays on this machine. */
export class DataFailure extends Error {
  override readonly name = 'DataFailure';
}

function dataFailure(error: unknown): DataFailure {
  if (error instanceof DataFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new DataFailure(`data: ${message}`, { cause: error });
}

/** Whether a failure came from reading data. Errors of other threads have lost all but the name. */
export function isDataFailure({ name }: Error): boolean {
  return name === 'DataFailure';
}

/**
 * Waits for what reads data.
 *
 * @throws DataFailure if it fails.
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
