import { slice, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LabelledBatch } from './batches.js';
import type { ReplicaGroup } from './replica-group.js';

/** A batch's labels as a list, one for each output of the model. */
export function labelsOf({ labels }: LabelledBatch): Tensor2D[] {
  return Array.isArray(labels) ? labels : [labels];
}

/** A model's outputs as a list. */
export function logitsOf(outputs: unknown): Tensor2D[] {
  return (Array.isArray(outputs) ? outputs : [outputs]) as Tensor2D[];
}

/** The first image of a rank's part in a batch of `count` images. */
export function shardStart(count: number, rank: number, { size }: ReplicaGroup): number {
  return Math.floor((count * rank) / size);
}

/**
 * A replica's part of a batch: consecutive images, as many as the others have or one fewer. There
 * are none if there are more replicas than images. Without replicas it is the batch itself.
 */
export function shardOf(batch: LabelledBatch, replicas: ReplicaGroup | undefined): LabelledBatch {
  if (!replicas) return batch;
  const { images } = batch;
  const count = images.shape[0]!;
  const start = shardStart(count, replicas.rank, replicas);
  const size = shardStart(count, replicas.rank + 1, replicas) - start;
  const part = <T extends Tensor>(x: T) => slice(x, [start], [size]) as T;
  return { images: part(images), labels: labelsOf(batch).map(part) };
}
