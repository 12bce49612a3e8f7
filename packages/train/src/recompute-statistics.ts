import {
  type Checks,
  ConfigError,
  integerIn,
  LARGEST_SIZE,
  requireModel,
  requireOptions,
} from '@ds/checks';
import { layersOf, type PlacedLayer, watchLayers } from '@ds/graph';
import {
  concat1d,
  dispose,
  keep,
  moments,
  nextFrame,
  reshape,
  type Tensor,
  type Tensor1D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { BatchPass } from './batch-pass.js';
import type { Batches, LabelledBatch } from './batches.js';
import { ForwardState } from './forward-state.js';
import { nonFiniteImages } from './non-finite-row.js';
import { requireImages } from './require-labels.js';
import { requireSignal } from './require-signal.js';

/** Options of {@link recomputeStatistics}. */
export interface StatisticsOptions {
  /** Ends after the batch with which the number of images reaches this. Default: all batches. */
  images?: number;
  /** Ends before the next batch. A signal before the first batch does not change the statistics. */
  signal?: AbortSignal;
}

const CHECKS: Checks<StatisticsOptions> = {
  images: integerIn(1, LARGEST_SIZE),
  signal: requireSignal,
};

/**
 * Recomputes the statistics of every batch norm from training batches, with the present weights,
 * and returns the number of images. A network needs this after its maps have changed without a
 * training, as by `freezeStrides` of `@ds/models` with `round`: its moving averages are of the old
 * maps.
 *
 * One pass over the batches, without a gradient. Each batch runs as in training, so every batch
 * norm normalises it by the batch's own statistics. With the mean μ_b and the variance σ²_b of each
 * batch over all axes but the channels, weighted by its number of images,
 *
 *     μ = E[μ_b],  σ² = E[σ²_b + μ_b²] − μ²
 *
 * ("precise" batch norm: Wu & Johnson, Rethinking "Batch" in BatchNorm, 2021). Other weights keep
 * their values, and random poolings their draws. Disposes of batches as `evaluate` does. If it
 * fails, the statistics stay as they were. Batches without images are skipped.
 *
 * @throws ConfigError if the model has no batch norm, an option is unknown or wrong, there is no
 *   image, a batch is not `{ images, labels }`, or a value is not finite. For such a value it names
 *   the batch, and the image or the batch norm.
 */
export async function recomputeStatistics(
  model: LayersModel,
  batches: Batches,
  options: StatisticsOptions = {},
): Promise<number> {
  requireModel('recomputeStatistics', 'model', model);
  requireOptions<StatisticsOptions>('recomputeStatistics', 'options', options, CHECKS);
  const { images: wanted = Number.POSITIVE_INFINITY, signal } = options;
  const sums = new Map(
    batchNorms(model).map((placed) => [placed.layer, new StatisticsSums(placed)]),
  );
  if (sums.size === 0) {
    throw new ConfigError('recomputeStatistics: model must have a batch norm, got none');
  }
  const before = ForwardState.of(model);
  let images = 0;
  let index = 0;
  const pass = new BatchPass('recomputeStatistics');
  try {
    for await (const batch of pass.over(() => batches)) {
      if (signal?.aborted) {
        pass.release(batch);
        break;
      }
      try {
        requireImages('recomputeStatistics', model, batch.images);
        const size = batch.images.shape[0]!;
        if (size > 0) await addBatch(model, batch, index, sums);
        images += size;
        index += 1;
      } finally {
        pass.release(batch);
      }
      await nextFrame();
      if (images >= wanted) break;
    }
  } finally {
    before.restore();
    before.forget();
  }
  if (images > 0) for (const own of sums.values()) own.write();
  else if (!signal?.aborted) {
    throw new ConfigError('recomputeStatistics: batches must hold at least one image, got none');
  }
  return images;
}

function batchNorms(model: LayersModel): PlacedLayer[] {
  return layersOf(model).filter(({ layer }) => layer.getClassName() === 'BatchNormalization');
}

/**
 * Adds the moments of a batch to the sums.
 *
 * @throws ConfigError if a value is not finite.
 */
async function addBatch(
  model: LayersModel,
  { images, files }: LabelledBatch,
  index: number,
  sums: Map<layers.Layer, StatisticsSums>,
): Promise<void> {
  const image = await firstNonFiniteImage(images);
  if (image >= 0) {
    const file = files?.[image];
    throw new ConfigError(
      'recomputeStatistics: batches must hold finite images, got a value that is not finite in ' +
        `image ${image}${file === undefined ? '' : ` (${file})`} of batch ${index}`,
    );
  }
  const seen = momentsOf(model, images, sums);
  try {
    for (const { own, values } of seen) {
      const found = (await values.data()) as Float32Array;
      if (!found.every(Number.isFinite)) {
        throw new ConfigError(
          `recomputeStatistics: model must give batch norm '${own.path}' an input of finite mean ` +
            `and variance, got one that is not finite from batch ${index}`,
        );
      }
      own.add(found, images.shape[0]!);
    }
  } finally {
    dispose(seen.map(({ values }) => values));
  }
}

/** The first image that is not finite, counted from 0; −1 if all are. */
async function firstNonFiniteImage(images: Tensor): Promise<number> {
  const flags = nonFiniteImages(images);
  try {
    return ((await flags.data()) as Float32Array).indexOf(1);
  } finally {
    flags.dispose();
  }
}

/**
 * The moving mean and the moving variance: the last weights, also of a layer that is not trained.
 */
function statisticsOf(layer: layers.Layer) {
  return layer.weights.slice(-2);
}

/** One application of a batch norm: the means of its channels, and then their variances. */
interface Seen {
  own: StatisticsSums;
  values: Tensor1D;
}

function momentsOf(
  model: LayersModel,
  images: Tensor,
  sums: Map<layers.Layer, StatisticsSums>,
): Seen[] {
  const seen: Seen[] = [];
  try {
    tidy(() => {
      watchLayers(
        model,
        () => void model.apply(images, { training: true }),
        ({ layer, inputs: [x] }) => {
          const own = sums.get(layer);
          if (own) seen.push({ own, values: keep(tidy(() => own.momentsOf(x!))) });
        },
      );
    });
  } catch (error) {
    dispose(seen.map(({ values }) => values));
    throw error;
  }
  return seen;
}

/** Sums over the batches for one batch norm, in double precision. */
class StatisticsSums {
  private readonly channels: number;
  private readonly mean: Float64Array;
  /** Of σ²_b + μ_b². */
  private readonly square: Float64Array;
  private images = 0;
  private readonly layer: layers.Layer;
  /** The place of the layer in the model. */
  readonly path: string;

  constructor({ layer, path }: PlacedLayer) {
    this.layer = layer;
    this.path = path;
    this.channels = statisticsOf(layer)[0]!.shape[0]!;
    this.mean = new Float64Array(this.channels);
    this.square = new Float64Array(this.channels);
  }

  /** The means and the variances of the channels of a batch, one after the other. */
  momentsOf(x: Tensor): Tensor1D {
    // A model that Keras saved has a list with one axis.
    const [axis = -1] = [this.layer.getConfig().axis as number | number[]].flat();
    const channel = (axis + x.rank) % x.rank;
    const others = x.shape.map((_, at) => at).filter((at) => at !== channel);
    const { mean, variance } = moments(x, others);
    return concat1d([mean, variance].map((one) => reshape(one, [-1]) as Tensor1D));
  }

  add(values: Float32Array, images: number): void {
    this.images += images;
    for (let c = 0; c < this.channels; c++) {
      const [mean, variance] = [values[c]!, values[this.channels + c]!];
      this.mean[c]! += images * mean;
      this.square[c]! += images * (variance + mean * mean);
    }
  }

  write(): void {
    const mean = this.mean.map((sum) => sum / this.images);
    const variance = this.square.map((sum, c) => Math.max(0, sum / this.images - mean[c]! ** 2));
    const [movingMean, movingVariance] = statisticsOf(this.layer);
    for (const [weight, values] of [
      [movingMean!, mean],
      [movingVariance!, variance],
    ] as const) {
      const value = tensor(Float32Array.from(values));
      weight.write(value);
      value.dispose();
    }
  }
}
