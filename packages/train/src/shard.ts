import { dispose, slice, type Tensor2D } from '@tensorflow/tfjs-core';
import type { ReplicaGroup } from './replica-group.js';
import type { LabelledBatch } from './train.js';

/**
 * A replica's part of a batch: consecutive images, as many as the others have or one fewer, none
 * where there are more replicas than images. The whole batch is disposed of; without replicas it is
 * the part.
 */
export function shardOf(batch: LabelledBatch, replicas: ReplicaGroup | undefined): LabelledBatch {
  if (!replicas) return batch;
  const { images, labels } = batch;
  const count = images.shape[0]!;
  const bound = (rank: number) => Math.floor((count * rank) / replicas.size);
  const start = bound(replicas.rank);
  const size = bound(replicas.rank + 1) - start;
  const shard = {
    images: slice(images, [start], [size]),
    labels: slice(labels, [start], [size]) as Tensor2D,
  };
  dispose([images, labels]);
  return shard;
}
