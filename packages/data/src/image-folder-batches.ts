import {
  ConfigError,
  requireOptions as checkOptions,
  LARGEST_SIDE,
  requireBoolean,
  requireFunction,
  requireInteger,
  requireSize,
} from '@ds/checks';
import { tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { placeImage } from './augmentation.js';
import { BATCH_CHECKS } from './batch-checks.js';
import type { ImageBatch } from './batches.js';
import { type DecodeImage, imageDecoder } from './image-decoder.js';
import { type ImageFileSet, requireFileSet } from './image-folder.js';
import { mixWithNext } from './mixup.js';
import type { OnNote } from './note-once.js';
import { permutation, randomStream, symmetricBeta } from './random.js';
import { centralCrop, randomResizedCrop } from './random-resized-crop.js';
import { standardisation } from './standardisation.js';
import { STREAM_USE } from './stream-use.js';

/** The largest number of batches in memory. */
const MOST_AHEAD = 2 ** 10;

/** Options of {@link imageFolderBatches}. */
export interface ImageFolderBatchOptions {
  batchSize: number;
  classes: number;
  /** Height and width of the output images. */
  size: number;
  /** Mean and standard deviation by channel, of values scaled to [0, 1]. */
  mean: number[];
  std: number[];
  /** Shuffles the images and seeds every random draw. Without it, images keep their order. */
  shuffle?: { seed: number; epoch: number };
  /**
   * `randomResizedCrop`: ImageNet's training crop instead of the central crop. `flip`: flips with
   * probability ½. Both need `shuffle`.
   */
  augmentation?: { randomResizedCrop?: boolean; flip?: boolean };
  /** α of mixup, with one λ for each batch. Needs `shuffle`. Default 0: off. */
  mixup?: number;
  /** Batches to decode ahead of the one in use. Default 2. */
  prefetch?: number;
  /** Called once, for the first file with several frames: only its first frame is used. */
  onNote?: OnNote;
}

/** The batches of one pass. A pass can also start in the middle. */
export interface ImageFolderBatches extends AsyncIterable<ImageBatch> {
  /** The pass without its first batches. Their files are not read. */
  from(batch: number): AsyncIterable<ImageBatch>;
}

/**
 * Yields the batches of one pass over image files, decoded on demand. At most `prefetch + 1`
 * batches are in memory. Images are cropped (training: `randomResizedCrop`; else the central square
 * of 224/256 of the shorter side) and resized to `size`×`size`. Bytes become `(byte/255 −
 * mean)/std`. One seed and epoch give the same draws for each image on every machine. Needs the
 * package `sharp`. Node only.
 *
 * Before the crop, images are rotated by EXIF and converted to sRGB of 8 bits. Transparent pixels
 * are put on white. Only the first of several frames or pages is read.
 *
 * @throws ConfigError if an option is out of its range, or a label is not an integer from 0 to
 *   `classes` − 1.
 * @throws DataError while iterating, that names the file, if it does not exist, is not a JPEG, PNG,
 *   WebP, AVIF, GIF or TIFF, is truncated, has samples that are floats, signed or longer than 16
 *   bits, or has more than 2^27 pixels.
 */
export function imageFolderBatches(
  set: ImageFileSet,
  options: ImageFolderBatchOptions,
): ImageFolderBatches {
  requireOptions(set, options);
  const from = (first: number) => {
    requireInteger('imageFolderBatches().from', 'batch', first, 0);
    return generate(set, options, first);
  };
  return { from, [Symbol.asyncIterator]: () => from(0)[Symbol.asyncIterator]() };
}

async function* generate(
  set: ImageFileSet,
  options: ImageFolderBatchOptions,
  first: number,
): AsyncGenerator<ImageBatch> {
  const { batchSize, classes, size, shuffle, mixup = 0, prefetch = 2 } = options;
  const decode = await imageDecoder('imageFolderBatches');
  const order = shuffle
    ? permutation(set.count, shuffle.seed, shuffle.epoch, STREAM_USE.order)
    : null;
  const total = Math.ceil(set.count / batchSize);
  const pixels = size * size * 3;
  const ahead: Promise<Float32Array>[] = [];
  const itemsOf = (batch: number) => {
    const count = Math.min(batchSize, set.count - batch * batchSize);
    return Array.from({ length: count }, (_, i) => {
      const at = batch * batchSize + i;
      return order ? order[at]! : at;
    });
  };
  let requested = first;
  for (let batch = first; batch < total; batch++) {
    while (requested < total && requested <= batch + prefetch) {
      const images = readBatch(set, itemsOf(requested), decode, options);
      // A failure is thrown where the batch is awaited. If the caller stops early, it is not.
      images.catch(() => {});
      ahead.push(images);
      requested += 1;
    }
    const images = await ahead.shift()!;
    const items = itemsOf(batch);
    const labels = new Float32Array(items.length * classes);
    items.forEach((item, i) => {
      labels[i * classes + set.labels[item]!] = 1;
    });
    if (mixup > 0 && shuffle) {
      const lambda = symmetricBeta(
        mixup,
        randomStream(shuffle.seed, shuffle.epoch, STREAM_USE.mixup, batch),
      );
      mixWithNext(images, pixels, lambda);
      mixWithNext(labels, classes, lambda);
    }
    yield {
      images: tensor4d(images, [items.length, size, size, 3]),
      labels: tensor2d(labels, [items.length, classes]),
      files: items.map((item) => set.files[item]!),
    };
  }
}

async function readBatch(
  set: ImageFileSet,
  items: number[],
  decode: DecodeImage,
  { size, mean, std, shuffle, augmentation = {}, onNote }: ImageFolderBatchOptions,
): Promise<Float32Array> {
  const pixels = size * size * 3;
  const standardised = standardisation(mean, std);
  const out = new Float32Array(items.length * pixels);
  await Promise.all(
    items.map(async (item, i) => {
      const random = shuffle
        ? randomStream(shuffle.seed, shuffle.epoch, STREAM_USE.augmentation, item)
        : null;
      const isCropped = random !== null && augmentation.randomResizedCrop;
      const crop = (width: number, height: number) =>
        isCropped ? randomResizedCrop(width, height, random) : centralCrop(width, height);
      const bytes = await decode(set.files[item]!, size, crop, onNote);
      const mirrored = random !== null && augmentation.flip === true && random.uniform() < 0.5;
      const placement = { top: 0, left: 0, mirrored };
      const target = out.subarray(i * pixels, (i + 1) * pixels);
      placeImage(bytes, [size, size, 3], placement, standardised, target);
    }),
  );
  return out;
}

function requireOptions(set: ImageFileSet, options: ImageFolderBatchOptions): void {
  requireFileSet('imageFolderBatches', set);
  checkOptions<ImageFolderBatchOptions>(
    'imageFolderBatches',
    'options',
    options,
    {
      ...BATCH_CHECKS,
      size: (fn, name, value) => requireSize(fn, name, value, 1, LARGEST_SIDE),
      augmentation: (fn, name, value) =>
        checkOptions(fn, name, value, { randomResizedCrop: requireBoolean, flip: requireBoolean }),
      prefetch: (fn, name, value) => requireSize(fn, name, value, 0, MOST_AHEAD),
      onNote: requireFunction,
    },
    ['batchSize', 'classes', 'size', 'mean', 'std'],
  );
  const { classes, mean, std, shuffle, augmentation, mixup = 0 } = options;
  const highest = set.labels.reduce((max, label) => Math.max(max, label), 0);
  if (classes <= highest) {
    throw new ConfigError(
      `imageFolderBatches: classes must be > ${highest}, the highest label, got ${classes}`,
    );
  }
  if (mean.length !== 3 || std.length !== 3) {
    throw new ConfigError(
      `imageFolderBatches: mean and std must have 3 values, got [${mean}] and [${std}]`,
    );
  }
  if (!shuffle && (mixup > 0 || augmentation?.flip || augmentation?.randomResizedCrop)) {
    throw new ConfigError(
      'imageFolderBatches: shuffle must give a seed for augmentation and mixup, got none',
    );
  }
}
