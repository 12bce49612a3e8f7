import { weightsOf } from '@ds/graph';
import { copyFrom, copyInto } from '@ds/kernels';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { assignWeight } from './assign-weight.js';
import type { ReplicaGroup, SumPart } from './replica-group.js';
import { statisticsLength } from './training-state.js';

/** Numbers in a sum besides gradients, without those for each replica and each output. */
const EXTRAS = 8;

/** Makes room for the model's sums, and gives every replica the weights of rank 0. */
export async function openExchange(model: LayersModel, replicas: ReplicaGroup): Promise<void> {
  const { trained, untrained } = weightsOf(model);
  const all = [...trained, ...untrained];
  const count = all.reduce((total, { shape }) => total + sizeOf(shape as number[]), 0);
  await replicas.open(
    Math.max(count + besides(model, replicas), statisticsLength(model, replicas)),
  );
  const values = all.map((weight) =>
    replicas.rank === 0 ? weight.read().dataSync() : new Float32Array(weight.read().size),
  );
  assign(all, replicas.sum(values), 1);
}

/**
 * Makes room for the sums of an evaluation, unless `train` or an earlier evaluation has. The
 * replicas keep their weights.
 */
export async function openEvaluation(model: LayersModel, replicas: ReplicaGroup): Promise<void> {
  const length = besides(model, replicas);
  if (replicas.length < length) await replicas.open(length);
}

/** The most numbers in a sum besides those of weights. */
function besides(model: LayersModel, replicas: ReplicaGroup): number {
  return EXTRAS + 2 * replicas.size + 4 * model.outputs.length;
}

/**
 * The gradients summed over all replicas, and the sums of the numbers that belong to them. The
 * gradients of this replica are disposed of. Belongs in a `tidy`.
 */
export function sumGradients(
  gradients: Tensor[],
  extras: number[],
  replicas: ReplicaGroup,
): { gradients: Tensor[]; extras: number[] } {
  const total = replicas.sum([...gradients.map(partOf), extras]);
  let at = 0;
  const summed = gradients.map((gradient) => {
    const values = total.subarray(at, at + gradient.size);
    at += gradient.size;
    const { shape } = gradient;
    gradient.dispose();
    return copyFrom(values, shape);
  });
  return { gradients: summed, extras: [...total.subarray(at)] };
}

/** The values of a tensor, as a part of a sum over replicas. */
function partOf(x: Tensor): SumPart {
  return { length: x.size, writeInto: (target) => copyInto(x, target) };
}

/**
 * Averages what is not trained, which is batch norm's moving means and variances, over the
 * replicas: each has followed its own shards.
 */
export function averageStatistics(model: LayersModel, replicas: ReplicaGroup): void {
  const weights = weightsOf(model).untrained;
  const total = replicas.sum(weights.map((weight) => weight.read().dataSync()));
  assign(weights, total, 1 / replicas.size);
}

function assign(weights: LayerVariable[], values: Float32Array, scale: number): void {
  let at = 0;
  for (const weight of weights) {
    const size = sizeOf(weight.shape as number[]);
    const next = values.slice(at, at + size).map((value) => value * scale);
    assignWeight(weight, () => tensor(next, weight.shape as number[]));
    at += size;
  }
}

function sizeOf(shape: number[]): number {
  return shape.reduce((size, side) => size * side, 1);
}
