import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import type { ReplicaGroup } from './replica-group.js';

/** Numbers besides gradients in the sum of a step. */
const EXTRAS = 8;

/** Makes room for the model's sums, and gives every replica the weights of rank 0. */
export async function openExchange(model: LayersModel, replicas: ReplicaGroup): Promise<void> {
  const count = (weights: LayerVariable[]) =>
    weights.reduce((total, { shape }) => total + sizeOf(shape as number[]), 0);
  await replicas.open(count(model.weights) + EXTRAS);
  const values = model.weights.map((weight) =>
    replicas.rank === 0 ? weight.read().dataSync() : new Float32Array(weight.read().size),
  );
  write(model.weights, replicas.sum(values), 1);
}

/**
 * The gradients summed over all replicas, in place of this one's own, which are disposed of; and the
 * sums of the numbers that go with them. Belongs in a `tidy`.
 */
export function sumGradients(
  gradients: Tensor[],
  extras: number[],
  replicas: ReplicaGroup,
): { gradients: Tensor[]; extras: number[] } {
  const parts = gradients.map((gradient) => gradient.dataSync());
  const total = replicas.sum([...parts, extras]);
  let at = 0;
  const summed = gradients.map((gradient) => {
    // A copy: a backend on the host keeps the array it is given.
    const values = total.slice(at, at + gradient.size);
    at += gradient.size;
    const { shape } = gradient;
    gradient.dispose();
    return tensor(values, shape);
  });
  return { gradients: summed, extras: [...total.subarray(at)] };
}

/**
 * Averages what is not trained, which is batch norm's moving means and variances, over the replicas:
 * each has followed its own shards.
 */
export function averageStatistics(model: LayersModel, replicas: ReplicaGroup): void {
  const weights = model.nonTrainableWeights;
  const total = replicas.sum(weights.map((weight) => weight.read().dataSync()));
  write(weights, total, 1 / replicas.size);
}

function write(weights: LayerVariable[], values: Float32Array, scale: number): void {
  let at = 0;
  for (const weight of weights) {
    const size = sizeOf(weight.shape as number[]);
    const next = values.slice(at, at + size).map((value) => value * scale);
    const value = tensor(next, weight.shape as number[]);
    weight.write(value);
    value.dispose();
    at += size;
  }
}

function sizeOf(shape: number[]): number {
  return shape.reduce((size, side) => size * side, 1);
}
