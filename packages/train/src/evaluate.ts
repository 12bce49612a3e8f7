import { dispose, nextFrame, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { correctPredictions, crossEntropy, predictionsWithin } from './cross-entropy.js';
import type { ReplicaGroup } from './replica-group.js';
import { shardOf } from './shard.js';
import type { Batches } from './train.js';

/** How a model does on a set. */
export interface Evaluation {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Share of right predictions, 0 … 1. */
  accuracy: number;
  /** Share of images whose class is among the five with the largest logits. */
  top5: number;
  /** Number of images. */
  count: number;
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Ends it early, with what it has. */
  signal?: AbortSignal;
  /** Each replica evaluates its shard of every batch; all of them get the same result. */
  replicas?: ReplicaGroup;
}

/**
 * Evaluates a classifier that returns logits over all batches; each batch is disposed of.
 *
 * @throws Error if there is no batch, or labels and logits disagree in shape.
 */
export async function evaluate(
  model: LayersModel,
  batches: Batches,
  { signal, replicas }: EvaluateOptions = {},
): Promise<Evaluation> {
  let loss = 0;
  let correct = 0;
  let inFive = 0;
  let count = 0;
  for await (const batch of batches) {
    const { images, labels } = shardOf(batch, replicas);
    const size = images.shape[0]!;
    try {
      if (size > 0) {
        tidy(() => {
          const logits = model.predictOnBatch(images) as Tensor2D;
          loss += size * crossEntropy(logits, labels).dataSync()[0]!;
          correct += correctPredictions(logits, labels);
          inFive += predictionsWithin(5, logits, labels);
          count += size;
        });
      }
    } finally {
      dispose([images, labels]);
    }
    if (signal?.aborted) break;
    await nextFrame();
  }
  if (replicas) {
    const sums = replicas.sum([[loss, correct, inFive, count]]);
    [loss, correct, inFive, count] = [sums[0]!, sums[1]!, sums[2]!, sums[3]!];
  }
  if (count === 0) throw new Error('evaluate: batches must hold at least one image, got none');
  return { loss: loss / count, accuracy: correct / count, top5: inFive / count, count };
}
