import { dispose } from '@tensorflow/tfjs-core';
import type { BatchSource, LabelledBatch } from './train-options.js';

/** The batches of an epoch without the first `done`: skipped by the source if it can, else made and disposed of. */
export async function* remainingBatches(
  source: BatchSource,
  done: number,
): AsyncGenerator<LabelledBatch> {
  if (done > 0 && source.from) {
    yield* source.from(done);
    return;
  }
  let position = 0;
  for await (const batch of source) {
    position += 1;
    if (position > done) yield batch;
    else dispose([batch.images, batch.labels]);
  }
}
