import type { Batches, BatchSource } from '@ds/train';

/** An error while reading data. Its message may quote files, so it must not leave this machine. */
export class DataFailure extends Error {
  override readonly name = 'DataFailure';
}

function dataFailure(error: unknown): DataFailure {
  if (error instanceof DataFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new DataFailure(`data: ${message}`, { cause: error });
}

/** Whether an error is a {@link DataFailure}. Errors from other threads keep only their name. */
export function isDataFailure({ name }: Error): boolean {
  return name === 'DataFailure';
}

/**
 * Awaits an operation that reads data.
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

/** Passes batches through. Errors become a {@link DataFailure}, as in {@link reading}. */
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
    // End the source if the consumer stops early.
    await iterator.return?.(undefined);
  }
}
