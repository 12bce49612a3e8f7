import { dispose, nextFrame, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { correctPredictions, crossEntropy } from './cross-entropy.js';
import type { LabelledBatch } from './train.js';

/** How a model does on a set. */
export interface Evaluation {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Share of right predictions, 0 … 1. */
  accuracy: number;
  /** Number of images. */
  count: number;
}

/**
 * Evaluates a classifier that returns logits over all batches; each batch is disposed of. Ends early
 * when `signal` is aborted, with what it has.
 *
 * @throws Error if there is no batch, or labels and logits disagree in shape.
 */
export async function evaluate(
  model: LayersModel,
  batches: Iterable<LabelledBatch>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Evaluation> {
  let loss = 0;
  let correct = 0;
  let count = 0;
  for (const { images, labels } of batches) {
    try {
      tidy(() => {
        const logits = model.predictOnBatch(images) as Tensor2D;
        const size = images.shape[0]!;
        loss += size * crossEntropy(logits, labels).dataSync()[0]!;
        correct += correctPredictions(logits, labels);
        count += size;
      });
    } finally {
      dispose([images, labels]);
    }
    if (signal?.aborted) break;
    await nextFrame();
  }
  if (count === 0) throw new Error('evaluate: batches must hold at least one image, got none');
  return { loss: loss / count, accuracy: correct / count, count };
}
