import { requireModel, requireOptions } from '@ds/checks';
import { dispose, nextFrame, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { requireBatches, requireReplicas, requireSignal } from './argument-checks.js';
import { crossEntropy, rowsWithin } from './cross-entropy.js';
import type { ReplicaGroup } from './replica-group.js';
import { labelsOf, logitsOf, shardOf } from './shard.js';
import { packMeasures } from './step-measures.js';
import type { Batches } from './train-options.js';

/** How one output of a model does on a set. */
export interface TaskEvaluation {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Share of right predictions, 0 … 1. */
  accuracy: number;
  /** Share of images whose class is among the five with the largest logits. */
  top5: number;
}

/** How a model does on a set; of a model with several outputs, the means over them. */
export interface Evaluation {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Share of right predictions, 0 … 1. */
  accuracy: number;
  /** Share of images whose class is among the five with the largest logits. */
  top5: number;
  /** Number of images. */
  count: number;
  /** Each output by itself, where there are several. */
  tasks?: TaskEvaluation[];
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
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  requireModel('evaluate', 'model', model);
  requireBatches('evaluate', 'batches', batches);
  requireOptions<EvaluateOptions>('evaluate', 'options', options, {
    signal: requireSignal,
    replicas: requireReplicas,
  });
  const { signal, replicas } = options;
  let count = 0;
  /** Sums over images by output: loss, right predictions, right ones among five. */
  let sums: [number, number, number][] = [];
  for await (const batch of batches) {
    const shard = shardOf(batch, replicas);
    const { images } = shard;
    const labels = labelsOf(shard);
    const size = images.shape[0]!;
    sums = labels.map((_, task) => sums[task] ?? [0, 0, 0]);
    try {
      if (size > 0) {
        const measures = tidy(() =>
          logitsOf(model.predictOnBatch(images), labels).map((logits, task) =>
            packMeasures(crossEntropy(logits, labels[task]!), [logits], [labels[task]!]),
          ),
        );
        const read = await Promise.all(measures.map((one) => one.data()));
        dispose(measures);
        read.forEach((values, task) => {
          const [rows, classes] = labels[task]!.shape;
          const scores = values.subarray(1, 1 + rows * classes);
          const shares = values.subarray(1 + rows * classes);
          const sum = sums[task]!;
          sum[0] += size * values[0]!;
          sum[1] += rowsWithin(1, scores, shares, classes);
          sum[2] += rowsWithin(5, scores, shares, classes);
        });
        count += size;
      }
    } finally {
      dispose([images, ...labels]);
    }
    if (signal?.aborted) break;
    await nextFrame();
  }
  if (replicas) {
    const all = replicas.sum([[...sums.flat(), count]]);
    count = all.at(-1)!;
    sums = sums.map((_, task) => [all[3 * task]!, all[3 * task + 1]!, all[3 * task + 2]!]);
  }
  if (count === 0) throw new Error('evaluate: batches must hold at least one image, got none');
  const tasks = sums.map(([loss, correct, inFive]) => ({
    loss: loss / count,
    accuracy: correct / count,
    top5: inFive / count,
  }));
  const mean = (key: keyof TaskEvaluation) =>
    tasks.reduce((sum, task) => sum + task[key], 0) / tasks.length;
  return {
    loss: mean('loss'),
    accuracy: mean('accuracy'),
    top5: mean('top5'),
    count,
    ...(tasks.length > 1 && { tasks }),
  };
}
