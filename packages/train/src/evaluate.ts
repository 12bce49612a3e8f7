import { ConfigError, requireModel, requireOptions } from '@ds/checks';
import { dispose, nextFrame, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { BatchPass } from './batch-pass.js';
import type { Batches } from './batches.js';
import { rightDecisions, rowsWithin } from './cross-entropy.js';
import {
  codeOfRow,
  firstNonFiniteRow,
  isFiniteRow,
  type NonFiniteRow,
  nonFiniteImages,
  rowOfCode,
} from './non-finite-row.js';
import { lossOf, type OutputLosses, outputLossChecks } from './output-loss.js';
import { meanAveragePrecision, meanRocAuc } from './ranking-metrics.js';
import type { ReplicaGroup } from './replica-group.js';
import { requireReplicas } from './require-replicas.js';
import { requireSignal } from './require-signal.js';
import { labelsOf, logitsOf, shardStart } from './shard.js';
import { nonFiniteInput, type OutputShape, packMeasures, unpackMeasures } from './step-measures.js';

/** The evaluation of one output of a model on a dataset. */
export interface TaskEvaluation {
  /** Mean cross-entropy, in nats. It is not finite if the loss of any image is not finite. */
  loss: number;
  /**
   * Share of right predictions, 0 … 1. With `binaryCrossEntropy`, share of right decisions: a logit
   * above 0 decides for its class.
   */
  accuracy: number;
  /**
   * Share of images whose class is among the five with the largest logits. With
   * `binaryCrossEntropy` it equals `accuracy`.
   */
  top5: number;
  /**
   * With `binaryCrossEntropy`: mean average precision over the classes, 0 … 1. Absent with
   * replicas, since each of them sees a part of the scores. NaN if no class has a positive label.
   */
  meanAveragePrecision?: number;
  /** With `binaryCrossEntropy`: mean area under the ROC curve. Absent and NaN likewise. */
  auc?: number;
  /**
   * Number of images with a value, a label or a logit that is not finite. They count as wrong, in
   * `accuracy` and in `top5`.
   */
  nonFinite: number;
}

/** The first image of a set that is not finite, or has labels or logits that are not. */
export interface NonFinitePrediction extends NonFiniteRow {
  /** Its batch, counted from 0. `image` is counted within the batch. */
  batch: number;
  /** The image's file, if the batch has `files`. */
  file?: string;
}

/**
 * The evaluation of a model on a dataset. With several outputs the values are means over the
 * outputs, but `nonFinite` counts the images with any output that is not finite.
 */
export interface Evaluation extends TaskEvaluation {
  /** Number of images. */
  count: number;
  /** The first of the `nonFinite` images, if there is one. */
  firstNonFinite?: NonFinitePrediction;
  /** Present if the signal came before the last batch. Then the numbers are of `count` images. */
  stopped?: true;
  /** Each output by itself, where there are several. */
  tasks?: TaskEvaluation[];
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends OutputLosses {
  /** Ends the evaluation before the next batch. The partial result is then marked `stopped`. */
  signal?: AbortSignal;
  /** Each replica evaluates its shard of every batch; all of them get the same result. */
  replicas?: ReplicaGroup;
}

/**
 * Sums over images of one output: loss, right predictions, right ones among five, not finite ones.
 */
type TaskSums = [number, number, number, number];

/**
 * Evaluates a classifier that returns logits, over all batches. Batches that exist before the call
 * belong to the caller, and may be used again. Batches that an iterator makes are disposed of after
 * use, see `Batches`. A prediction that is not finite, or that is of such an image, is wrong, and
 * is counted.
 *
 * @throws ConfigError if there is no batch, one is not `{ images, labels }`, or labels and logits
 *   disagree in shape.
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
    ...outputLossChecks(model.outputs.length),
  });
  return evaluatePass(model, () => batches, options);
}

/**
 * {@link evaluate} on batches that `make` makes within the pass, so that they belong to the pass.
 */
export async function evaluatePass(
  model: LayersModel,
  make: () => Batches,
  { signal, replicas, losses, classWeights }: EvaluateOptions,
): Promise<Evaluation> {
  const rankings = new Map<number, Ranking>();
  let count = 0;
  let nonFinite = 0;
  let sums: TaskSums[] = [];
  let first: NonFinitePrediction | null = null;
  let isStopped = false;
  const files: (string[] | undefined)[] = [];
  const pass = new BatchPass('evaluate');
  for await (const batch of pass.over(make)) {
    // One that has seen all batches is whole, whenever the signal came.
    if (signal?.aborted && files.length > 0) {
      isStopped = true;
      pass.release(batch);
      break;
    }
    files.push(batch.files);
    const offset = replicas ? shardStart(batch.images.shape[0]!, replicas.rank, replicas) : 0;
    const shard = pass.shardOf(batch, model, replicas);
    const { images } = shard;
    const labels = labelsOf(shard);
    const size = images.shape[0]!;
    sums = labels.map((_, task) => sums[task] ?? [0, 0, 0, 0]);
    try {
      if (size > 0) {
        const measures = tidy(() => {
          const flags = nonFiniteImages(images);
          return logitsOf(model.predictOnBatch(images)).map((logits, task) =>
            packMeasures(
              lossOf(logits, labels[task]!, task, { losses, classWeights }),
              flags,
              [logits],
              [labels[task]!],
            ),
          );
        });
        const read = await Promise.all(measures.map((one) => one.data()));
        dispose(measures);
        const spoiled = new Uint8Array(size);
        for (const [task, values] of read.entries()) {
          const shape: OutputShape = [...labels[task]!.shape, losses?.[task]];
          const row = addTask(sums[task]!, values as Float32Array, shape, spoiled);
          if (shape[2] === 'binaryCrossEntropy' && !replicas) {
            addRanking(rankings, task, values as Float32Array, shape);
          }
          if (row) first ??= { ...row, image: row.image + offset, batch: files.length - 1 };
        }
        nonFinite += spoiled.reduce((sum, value) => sum + value, 0);
        count += size;
      }
    } finally {
      pass.release(shard);
    }
    await nextFrame();
  }
  if (replicas) {
    first = firstOfAll(first, replicas);
    const all = [...replicas.sum([[...sums.flat(), nonFinite, count, Number(isStopped)]])];
    const [wrong, images, stops] = all.slice(-3) as [number, number, number];
    [nonFinite, count, isStopped] = [wrong, images, stops > 0];
    sums = sums.map((_, task) => all.slice(4 * task, 4 * task + 4) as TaskSums);
  }
  if (count === 0) {
    throw new ConfigError('evaluate: batches must hold at least one image, got none');
  }
  const tasks = sums.map(([loss, correct, inFive, wrong], task) => ({
    loss: loss / count,
    accuracy: correct / count,
    top5: inFive / count,
    nonFinite: wrong,
    ...rankingOf(rankings.get(task)),
  }));
  const ranked = tasks.filter((task) => task.auc !== undefined);
  const meanRank = (key: 'meanAveragePrecision' | 'auc') =>
    ranked.reduce((sum, task) => sum + task[key]!, 0) / ranked.length;
  const mean = (key: 'loss' | 'accuracy' | 'top5') =>
    tasks.reduce((sum, task) => sum + task[key], 0) / tasks.length;
  const file = first ? files[first.batch]?.[first.image] : undefined;
  return {
    loss: mean('loss'),
    accuracy: mean('accuracy'),
    top5: mean('top5'),
    ...(ranked.length > 0 && {
      meanAveragePrecision: meanRank('meanAveragePrecision'),
      auc: meanRank('auc'),
    }),
    nonFinite,
    count,
    ...(first && { firstNonFinite: { ...first, ...(file !== undefined && { file }) } }),
    ...(tasks.length > 1 && { tasks }),
    ...(isStopped && { stopped: true as const }),
  };
}

/**
 * Adds a batch to the sums of an output. Marks the rows that are not finite, and returns the first
 * of them: the first image, or else labels, or else logits.
 */
function addTask(
  sums: TaskSums,
  values: Float32Array,
  [rows, classes, output]: OutputShape,
  spoiled: Uint8Array,
): NonFiniteRow | null {
  const { loss, flags, logits, labels } = unpackMeasures(values, [[rows, classes]]);
  const [scores, shares] = [logits[0]!, labels[0]!];
  sums[0] += rows * loss;
  const within = (k: number) =>
    output === 'binaryCrossEntropy'
      ? rightDecisions(scores, shares, classes, flags)
      : rowsWithin(k, scores, shares, classes, flags);
  sums[1] += within(1);
  sums[2] += within(5);
  for (let row = 0; row < rows; row++) {
    const isWell =
      !flags[row] && isFiniteRow(scores, row, classes) && isFiniteRow(shares, row, classes);
    if (isWell) continue;
    sums[3] += 1;
    spoiled[row] = 1;
  }
  const input = nonFiniteInput(flags, labels, [[rows, classes]]);
  if (input) return input;
  const image = firstNonFiniteRow(scores, classes);
  return image < 0 ? null : { image, source: 'logits' };
}

/** The scores and labels of an output over all batches, row-major. */
interface Ranking {
  scores: number[];
  labels: number[];
  classes: number;
}

/** Adds the finite rows of a batch to the scores of an output. */
function addRanking(
  rankings: Map<number, Ranking>,
  task: number,
  values: Float32Array,
  [rows, classes]: OutputShape,
): void {
  const { flags, logits, labels } = unpackMeasures(values, [[rows, classes]]);
  const ranking = rankings.get(task) ?? { scores: [], labels: [], classes };
  rankings.set(task, ranking);
  const [scores, shares] = [logits[0]!, labels[0]!];
  for (let row = 0; row < rows; row++) {
    if (flags[row] || !isFiniteRow(scores, row, classes) || !isFiniteRow(shares, row, classes))
      continue;
    ranking.scores.push(...scores.subarray(row * classes, (row + 1) * classes));
    ranking.labels.push(...shares.subarray(row * classes, (row + 1) * classes));
  }
}

function rankingOf(
  ranking: Ranking | undefined,
): Pick<TaskEvaluation, 'meanAveragePrecision' | 'auc'> {
  if (!ranking) return {};
  const { scores, labels, classes } = ranking;
  if (scores.length === 0) return { meanAveragePrecision: Number.NaN, auc: Number.NaN };
  return {
    meanAveragePrecision: meanAveragePrecision(scores, labels, classes),
    auc: meanRocAuc(scores, labels, classes),
  };
}

/** The first of the rows that the replicas found. */
function firstOfAll(
  own: NonFinitePrediction | null,
  replicas: ReplicaGroup,
): NonFinitePrediction | null {
  // Each replica writes its own place and 0 elsewhere, so the sum is a concatenation.
  const places = new Float32Array(2 * replicas.size);
  if (own) places.set([own.batch, codeOfRow(own)], 2 * replicas.rank);
  const all = replicas.sum([places]).slice();
  const found = Array.from({ length: replicas.size }, (_, rank) => {
    const row = rowOfCode(all[2 * rank + 1]!);
    return row ? [{ ...row, batch: all[2 * rank]! }] : [];
  }).flat();
  return found.reduce<NonFinitePrediction | null>(
    (first, one) => (first && first.batch <= one.batch ? first : one),
    null,
  );
}
