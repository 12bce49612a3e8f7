import { ConfigError, requireOptions as checkOptions, integerIn, requireBoolean } from '@ds/checks';
import { type Tensor2D, type Tensor4D, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { type Augmentation, drawPlacement, placeImage } from './augmentation.js';
import { BATCH_CHECKS } from './batch-checks.js';
import { epochStreams } from './epoch-streams.js';
import { type ImageSet, requireImageSet } from './image-set.js';
import { mixWithNext } from './mixup.js';
import { symmetricBeta } from './random.js';
import { standardisation } from './standardisation.js';

/** One batch. The caller disposes of it. */
export interface ImageBatch {
  /** [batch, height, width, channels], standardised. */
  images: Tensor4D;
  /** [batch, classes], rows summing to 1: one-hot, or mixed. */
  labels: Tensor2D;
  /** The file of each image, for images from files. */
  files?: string[];
}

/** Options of {@link batches}. */
export interface BatchOptions {
  batchSize: number;
  classes: number;
  /** Mean and standard deviation by channel, of values scaled to [0, 1]. */
  mean: number[];
  std: number[];
  /** Shuffles the images and seeds every random draw. Without it, images keep their order. */
  shuffle?: { seed: number; epoch: number };
  /** Needs `shuffle`, whose seed it uses. */
  augmentation?: Augmentation;
  /**
   * α of mixup (Zhang et al. 2018): λ ~ Beta(α, α) for each batch. Needs `shuffle`. Default 0: off.
   */
  mixup?: number;
}

/**
 * Iterates over the batches of one pass over a set. The last batch may be smaller.
 *
 * Bytes become `(byte/255 − mean)/std`. Images are padded with black before that, as in the
 * published recipe. Mixup pairs each image with the next one in its batch: `λ x_i + (1 − λ)
 * x_{i+1}`, and the labels likewise. One seed and epoch give the same batches on every machine.
 *
 * @throws ConfigError if an option is out of its range, a label is not below `classes`, or
 *   augmentation is requested without `shuffle`.
 */
export function* batches(set: ImageSet, options: BatchOptions): Generator<ImageBatch> {
  requireOptions(set, options);
  const { batchSize, classes, mean, std, shuffle, augmentation = {}, mixup = 0 } = options;
  const standardised = standardisation(mean, std);
  const { order, random } = shuffle
    ? epochStreams(set.count, shuffle)
    : { order: null, random: null };
  const still = { top: 0, left: 0, mirrored: false };
  const size = set.shape[0] * set.shape[1] * set.shape[2];
  for (let start = 0; start < set.count; start += batchSize) {
    const count = Math.min(batchSize, set.count - start);
    const images = new Float32Array(count * size);
    const labels = new Float32Array(count * classes);
    for (let item = 0; item < count; item++) {
      const from = order ? order[start + item]! : start + item;
      placeImage(
        set.images.subarray(from * size, (from + 1) * size),
        set.shape,
        random ? drawPlacement(augmentation, random) : still,
        standardised,
        images.subarray(item * size, (item + 1) * size),
      );
      labels[item * classes + set.labels[from]!] = 1;
    }
    if (mixup > 0 && random) {
      const lambda = symmetricBeta(mixup, random);
      mixWithNext(images, size, lambda);
      mixWithNext(labels, classes, lambda);
    }
    yield {
      images: tensor4d(images, [count, ...set.shape]),
      labels: tensor2d(labels, [count, classes]),
    };
  }
}

function requireOptions(set: ImageSet, options: BatchOptions): void {
  requireImageSet('batches', set);
  checkOptions<BatchOptions>(
    'batches',
    'options',
    options,
    {
      ...BATCH_CHECKS,
      augmentation: (fn, name, value) =>
        checkOptions<Augmentation>(fn, name, value, {
          padding: integerIn(0),
          flip: requireBoolean,
        }),
    },
    ['batchSize', 'classes', 'mean', 'std'],
  );
  const { classes, mean, std, shuffle, augmentation, mixup = 0 } = options;
  const channels = set.shape[2];
  const highest = set.labels.reduce((max, label) => Math.max(max, label), 0);
  if (classes <= highest) {
    throw new ConfigError(
      `batches: classes must be > ${highest}, the highest label, got ${classes}`,
    );
  }
  if (mean.length !== channels || std.length !== channels) {
    throw new ConfigError(
      `batches: mean and std must have ${channels} values, got [${mean}] and [${std}]`,
    );
  }
  const padding = augmentation?.padding ?? 0;
  if (!shuffle && (mixup > 0 || padding > 0 || augmentation?.flip)) {
    throw new ConfigError('batches: shuffle must give a seed for augmentation and mixup, got none');
  }
}
