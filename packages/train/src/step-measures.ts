import {
  cast,
  concat,
  reshape,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { rightDecisions, rowsWithin } from './cross-entropy.js';
import { firstNonFiniteRow, type NonFiniteRow } from './non-finite-row.js';
import type { OutputLoss } from './output-loss.js';

/** The shape of an output, and its loss if that is not the softmax cross-entropy. */
export type OutputShape = [rows: number, classes: number, loss?: OutputLoss];

/** The loss of a step, and its number of right predictions (of several outputs, the mean). */
export interface StepMeasures {
  loss: number;
  correct: number;
}

/** The measures of a shard, with its first image or labels that are not finite. */
export interface ShardMeasures extends StepMeasures {
  nonFinite: NonFiniteRow | null;
}

/** The parts of what {@link packMeasures} packs, on the host. */
export interface UnpackedMeasures {
  loss: number;
  /** 1 for each image that is not finite, else 0. */
  flags: Float32Array;
  logits: Float32Array[];
  labels: Float32Array[];
}

/**
 * Packs a step's loss, marks of images that are not finite (see `nonFiniteImages`), logits and
 * labels into one tensor, which one read copies to the host. Belongs in a `tidy`.
 */
export function packMeasures(
  loss: Scalar,
  flags: Tensor1D,
  logits: Tensor2D[],
  labels: Tensor2D[],
): Tensor1D {
  const parts = [loss, flags, ...logits, ...labels];
  // Labels may be of any type.
  return concat(parts.map((part) => cast(reshape(part, [-1]), 'float32') as Tensor1D));
}

/** The parts of what {@link packMeasures} packed, for outputs of these shapes. */
export function unpackMeasures(values: Float32Array, shapes: OutputShape[]): UnpackedMeasures {
  let at = 1;
  const next = (length: number) => {
    at += length;
    return values.subarray(at - length, at);
  };
  const ofOutputs = () => shapes.map(([rows, classes]) => next(rows * classes));
  const flags = next(shapes[0]![0]);
  return { loss: values[0]!, flags, logits: ofOutputs(), labels: ofOutputs() };
}

/**
 * The right predictions of an output, as a sum over its rows: {@link rowsWithin} the first k, or
 * {@link rightDecisions} for labels of their own.
 */
export function rightRows(
  output: OutputLoss | undefined,
  k: number,
  scores: ArrayLike<number>,
  shares: ArrayLike<number>,
  classes: number,
  flags: ArrayLike<number>,
): number {
  return output === 'binaryCrossEntropy'
    ? rightDecisions(scores, shares, classes, flags)
    : rowsWithin(k, scores, shares, classes, flags);
}

/** The measures of a step, from its packed ones, or from `null` if its shard has no images. */
export function stepMeasures(values: Float32Array | null, shapes: OutputShape[]): ShardMeasures {
  if (!values) return { loss: 0, correct: 0, nonFinite: null };
  const { loss, flags, logits, labels } = unpackMeasures(values, shapes);
  const correct = shapes.map(([, classes, output], task) => {
    const [scores, shares] = [logits[task]!, labels[task]!];
    return rightRows(output, 1, scores, shares, classes, flags);
  });
  return {
    loss,
    correct: correct.reduce((sum, value) => sum + value, 0) / Math.max(1, correct.length),
    nonFinite: nonFiniteInput(flags, labels, shapes),
  };
}

/** The first image that is not finite, or else the first image with such labels. */
export function nonFiniteInput(
  flags: Float32Array,
  labels: Float32Array[],
  shapes: OutputShape[],
): NonFiniteRow | null {
  const image = flags.indexOf(1);
  if (image >= 0) return { image, source: 'images' };
  const rows = labels
    .map((values, task) => firstNonFiniteRow(values, shapes[task]![1]))
    .filter((row) => row >= 0);
  return rows.length > 0 ? { image: Math.min(...rows), source: 'labels' } : null;
}
