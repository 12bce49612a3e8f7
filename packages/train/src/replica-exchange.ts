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
 * replicas: each has followed its own shards. A weight that is the same on all replicas, such as a
 * frozen one, stays as it is. A mean of equal numbers can be rounded to another number.
 */
export function averageStatistics(model: LayersModel, replicas: ReplicaGroup): void {
  const weights = weightsOf(model).untrained;
  const values = weights.map((weight) => weight.read().dataSync<'float32'>());
  const ofFirst = replicas.sum(
    values.map((own) => (replicas.rank === 0 ? own : new Float32Array(own.length))),
  );
  let at = 0;
  const differs = values.map((own) => {
    const start = at;
    at += own.length;
    return Number(own.some((value, i) => value !== ofFirst[start + i]));
  });
  const total = replicas.sum([...values, differs]);
  const differing = total.subarray(at);
  assign(weights, total, 1 / replicas.size, (index) => differing[index]! > 0);
}

/** Assigns scaled values to the weights, or to those of them that `isAssigned` names. */
function assign(
  weights: LayerVariable[],
  values: Float32Array,
  scale: number,
  isAssigned: (index: number) => boolean = () => true,
): void {
  let at = 0;
  for (const [index, weight] of weights.entries()) {
    const size = sizeOf(weight.shape as number[]);
    if (isAssigned(index)) {
      const next = values.slice(at, at + size).map((value) => value * scale);
      assignWeight(weight, () => tensor(next, weight.shape as number[]));
    }
    at += size;
  }
}

function sizeOf(shape: number[]): number {
  return shape.reduce((size, side) => size * side, 1);
}
