import { ConfigError, requireModel, requireOptions } from '@ds/checks';
import { dispose, nextFrame, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { BatchPass } from './batch-pass.js';
import type { Batches } from './batches.js';
import type { Evaluation } from './evaluation.js';
import { EvaluationSums } from './evaluation-sums.js';
import { nonFiniteImages } from './non-finite-row.js';
import { lossOf, type OutputLosses, outputLossChecks, requireOutputs } from './output-loss.js';
import { openEvaluation } from './replica-exchange.js';
import type { ReplicaGroup } from './replica-group.js';
import { requireReplicas } from './require-replicas.js';
import { requireSignal } from './require-signal.js';
import { labelsOf, logitsOf, shardStart } from './shard.js';
import { type OutputShape, packMeasures } from './step-measures.js';

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends OutputLosses {
  /** Ends the evaluation before the next batch. The partial result is then marked `stopped`. */
  signal?: AbortSignal;
  /** Each replica evaluates its shard of every batch; all of them get the same result. */
  replicas?: ReplicaGroup;
}

/**
 * Evaluates a classifier that returns logits, over all batches. Batches that exist before the call
 * belong to the caller, and may be used again. Batches that an iterator makes are disposed of after
 * use, see `Batches`. A prediction that is not finite, or that is of such an image, is wrong, and
 * is counted.
 *
 * @throws ConfigError if there is no batch, one is not `{ images, labels }`, labels and logits
 *   disagree in shape, or labels have values that their loss does not take.
 */
export async function evaluate(
  model: LayersModel,
  batches: Batches,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  requireModel('evaluate', 'model', model);
  requireOptions<EvaluateOptions>('evaluate', 'options', options, {
    signal: requireSignal,
    replicas: requireReplicas,
    ...outputLossChecks(model),
  });
  requireOutputs('evaluate', model, options);
  if (options.replicas) await openEvaluation(model, options.replicas);
  return evaluatePass(model, () => batches, options, ['evaluate', 'batches']);
}

/**
 * {@link evaluate} on batches that `make` makes within the pass, so that they belong to the pass.
 *
 * @param source the function and its argument that errors name.
 */
export async function evaluatePass(
  model: LayersModel,
  make: () => Batches,
  options: EvaluateOptions,
  source: [op: string, argument: string],
): Promise<Evaluation> {
  const { signal, replicas, losses } = options;
  const sums = new EvaluationSums(replicas);
  const files: (string[] | undefined)[] = [];
  const pass = new BatchPass(...source);
  let isStopped = false;
  for await (const batch of pass.over(make)) {
    // An evaluation of all batches is complete, even if the signal came.
    if (signal?.aborted && files.length > 0) {
      isStopped = true;
      pass.release(batch);
      break;
    }
    files.push(batch.files);
    const offset = replicas ? shardStart(batch.images.shape[0]!, replicas.rank, replicas) : 0;
    const shard = pass.shardOf(batch, model, options);
    try {
      const labels = labelsOf(shard);
      sums.open(labels.length);
      if (shard.images.shape[0]! > 0) {
        const measures = await measuresOf(model, shard.images, labels, options);
        const shapes = labels.map(({ shape }, task): OutputShape => [...shape, losses?.[task]]);
        sums.add(measures, shapes, { batch: files.length - 1, offset });
      }
    } finally {
      pass.release(shard);
    }
    await nextFrame();
  }
  isStopped = sums.exchange(isStopped);
  if (sums.count === 0) {
    throw new ConfigError(`${source.join(': ')} must hold at least one image, got none`);
  }
  return { ...sums.evaluation(files), ...(isStopped && { stopped: true as const }) };
}

/** The packed measures of each output, on the host. */
async function measuresOf(
  model: LayersModel,
  images: Tensor,
  labels: Tensor2D[],
  losses: OutputLosses,
): Promise<Float32Array[]> {
  const measures = tidy(() => {
    const flags = nonFiniteImages(images);
    return logitsOf(model.predictOnBatch(images)).map((logits, task) => {
      const own = labels[task]!;
      return packMeasures(lossOf(logits, own, task, losses), flags, [logits], [own]);
    });
  });
  try {
    return (await Promise.all(measures.map((one) => one.data()))) as Float32Array[];
  } finally {
    dispose(measures);
  }
}
