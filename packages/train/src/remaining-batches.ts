import { ConfigError, refuse } from '@ds/checks';
import type { BatchPass } from './batch-pass.js';
import type { BatchSource, LabelledBatch } from './batches.js';

/**
 * The batches of an epoch without the first `done`. A source that can skips them. Others make them,
 * and they are disposed of.
 *
 * @throws ConfigError if there are fewer than `done` batches, or `from` is not a function.
 */
export async function* remainingBatches(
  make: () => BatchSource,
  done: number,
  pass: BatchPass,
): AsyncGenerator<LabelledBatch> {
  let skips = done;
  const batches = pass.over(() => {
    const source = make();
    if (done === 0 || !source?.from) return source;
    if (typeof source.from !== 'function') {
      refuse('train', 'batches().from', 'be a function', source.from);
    }
    skips = 0;
    return source.from(done);
  });
  for await (const batch of batches) {
    if (skips === 0) yield batch;
    else {
      skips -= 1;
      pass.release(batch);
    }
  }
  if (skips > 0) {
    throw new ConfigError(
      `train: batches must give the epoch of resume its ${done} finished batches again, ` +
        `got ${done - skips}`,
    );
  }
}
