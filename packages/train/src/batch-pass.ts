import { ConfigError } from '@ds/checks';
import { dispose, scalar, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batches, LabelledBatch } from './batches.js';
import type { OutputLosses } from './output-loss.js';
import type { ReplicaGroup } from './replica-group.js';
import { requireLabelValues } from './require-label-values.js';
import { requireImages, requireLabels } from './require-labels.js';
import { shardOf } from './shard.js';

/**
 * One pass over batches. It decides which tensors it disposes of. Tensors from before the pass
 * belong to the caller and stay. Tensors that are made in the pass, by the function that makes the
 * batches or by their iterator, belong to the pass. It disposes of them after use, unless tfjs's
 * `keep` was called on them.
 */
export class BatchPass {
  /** The id of a tensor at the beginning. tfjs numbers tensors as they are made. */
  private readonly begin: number;

  /**
   * Begins the pass.
   *
   * @param op the function that errors name.
   * @param argument its argument with the batches, which errors name.
   */
  constructor(
    private readonly op: string,
    private readonly argument = 'batches',
  ) {
    const mark = scalar(0);
    this.begin = mark.id;
    mark.dispose();
  }

  /**
   * The batches from `make`, one by one.
   *
   * @throws ConfigError if it makes nothing that can be iterated, or a batch is not
   *   `{ images, labels }` of tensors that are not disposed of.
   */
  async *over(make: () => Batches): AsyncGenerator<LabelledBatch> {
    const batches = make() as Partial<AsyncIterable<LabelledBatch> & Iterable<LabelledBatch>>;
    if (
      typeof batches?.[Symbol.asyncIterator] !== 'function' &&
      (typeof batches?.[Symbol.iterator] !== 'function' || typeof batches === 'string')
    ) {
      throw new ConfigError(
        `${this.op}: ${this.argument} must be an iterable of { images, labels }, got ${shown(batches)}`,
      );
    }
    for await (const batch of batches as Batches) {
      try {
        this.require(batch);
      } catch (error) {
        this.disposeOwn(batch instanceof Tensor ? [batch] : Object.values(batch ?? {}).flat());
        throw error;
      }
      yield batch;
    }
  }

  /**
   * A replica's part of a batch for a model. Disposes of the batch if that is only a part of it, or
   * if the labels do not fit.
   *
   * @throws ConfigError if the images do not fit the model's input, or the labels do not fit the
   *   images, the model's outputs or their losses.
   */
  shardOf(
    batch: LabelledBatch,
    model: LayersModel,
    { replicas, losses }: { replicas?: ReplicaGroup | undefined } & Pick<OutputLosses, 'losses'>,
  ): LabelledBatch {
    let shard: LabelledBatch | null = null;
    try {
      requireImages(this.op, model, batch.images);
      requireLabels(this.op, model, batch);
      requireLabelValues(this.op, batch, losses);
      shard = shardOf(batch, replicas);
      return shard;
    } finally {
      if (shard !== batch) this.release(batch);
    }
  }

  /** Disposes of the tensors of a batch, or of a part of one, that belong to the pass. */
  release({ images, labels }: LabelledBatch): void {
    this.disposeOwn([images, labels].flat());
  }

  private disposeOwn(values: unknown[]): void {
    for (const x of values) {
      if (x instanceof Tensor && x.id > this.begin && !x.kept) dispose(x);
    }
  }

  private require(batch: LabelledBatch): void {
    const { images, labels } = (batch ?? {}) as Partial<LabelledBatch>;
    const tensors = [images, labels].flat();
    if (!tensors.every((x) => x instanceof Tensor) || Array.isArray(images)) {
      throw new ConfigError(
        `${this.op}: ${this.argument} must hold { images, labels }, tensors, got ${shown(batch)}`,
      );
    }
    if (tensors.some((x) => x!.isDisposed)) {
      throw new ConfigError(
        `${this.op}: ${this.argument} must hold tensors that are not disposed of; one that is made in a ` +
          'pass is used once, unless it is made before, or kept',
      );
    }
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Tensor) return `a tensor of shape [${value.shape}]`;
  const entries = Object.entries(value).map(([name, one]) => `${name}: ${kindOf(one)}`);
  return `{ ${entries.join(', ')} }`;
}

function kindOf(value: unknown): string {
  if (value instanceof Tensor) return 'tensor';
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}
