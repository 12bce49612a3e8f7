import {
  type Check,
  integerIn,
  refuse,
  requireFunction,
  requireInteger,
  requireList,
  requireNumbers,
  requireObject,
  requireOptions,
  requireSize,
} from '@ds/checks';
import { stratifiedDraw } from './stratified-draw.js';

/** Labelled images in memory, bytes in NHWC. */
export interface ImageSet {
  /** count · height · width · channels values 0 … 255. */
  images: Uint8Array;
  /** One class index for each image. */
  labels: Uint8Array;
  count: number;
  /** [height, width, channels]. */
  shape: [number, number, number];
}

/** A dataset with its usual split and its standardisation statistics. */
export interface ImageDataset {
  /** The dataset's name, shown in reports. */
  name: string;
  train: ImageSet;
  test: ImageSet;
  classNames: string[];
  /** Mean and standard deviation of the training set by channel, of values scaled to [0, 1]. */
  mean: number[];
  std: number[];
  /** What was guessed or left out, in sentences. */
  notes: string[];
}

/**
 * Chooses the images of a set to keep in memory: takes the label of each image, returns the indices
 * of the images to keep, in the order of the result. The list may be a typed array.
 */
export type KeepImages = (labels: Uint8Array) => ArrayLike<number>;

/** What a loader keeps of each set. Default: all images. */
export interface KeptImages {
  train?: KeepImages;
  test?: KeepImages;
}

/** Checks of {@link KeptImages}, for a loader's options. */
export const requireKept: Check = (op, name, value) =>
  requireOptions<KeptImages>(op, name, value, { train: requireFunction, test: requireFunction });

/**
 * @throws ConfigError if a value is not a set of images, or its arrays do not fit its count and
 *   shape.
 */
export function requireImageSet(op: string, set: ImageSet): void {
  requireObject(op, 'set', set);
  const { images, labels, count, shape } = set;
  requireNumbers(op, 'set.shape', shape, 3, requireSize);
  requireSize(op, 'set.count', count);
  for (const [name, values] of Object.entries({ labels, images })) {
    if (!(values instanceof Uint8Array)) refuse(op, `set.${name}`, 'be a Uint8Array', values);
  }
  requireList(op, 'set.labels', labels, count);
  requireList(op, 'set.images', images, count * shape[0] * shape[1] * shape[2]);
}

/**
 * Draws `count` images without replacement, stratified by class: each class keeps its proportion.
 * The same seed draws the same images in the same random order. A draw of all images returns the
 * set itself.
 *
 * @throws ConfigError if count is not an integer between 1 and the size of the set.
 */
export function subset(set: ImageSet, count: number, seed: number): ImageSet {
  requireImageSet('subset', set);
  requireInteger('subset', 'count', count, 1, set.count);
  requireInteger('subset', 'seed', seed);
  return count === set.count ? set : imagesAt(set, drawn(set.labels, count, seed));
}

/**
 * The indices of the images that {@link subset} draws from a set with these labels. A loader keeps
 * only these if its `keep` returns them:
 * `keep: { train: (labels) => subsetIndices(labels, 1000, 0) }`.
 *
 * @throws ConfigError if count is not an integer between 1 and the number of labels.
 */
export function subsetIndices(labels: ArrayLike<number>, count: number, seed: number): number[] {
  requireNumbers('subsetIndices', 'labels', labels, undefined, integerIn(0));
  requireInteger('subsetIndices', 'count', count, 1, labels.length);
  requireInteger('subsetIndices', 'seed', seed);
  return drawn(labels, count, seed);
}

function drawn(labels: ArrayLike<number>, count: number, seed: number): number[] {
  if (count === labels.length) return Array.from(labels, (_, index) => index);
  return stratifiedDraw(labels, count, seed);
}

/** The images of a set at some places, in their order. */
export function imagesAt(set: ImageSet, places: number[]): ImageSet {
  const size = set.images.length / set.count;
  const images = new Uint8Array(places.length * size);
  places.forEach((from, to) => {
    images.set(set.images.subarray(from * size, (from + 1) * size), to * size);
  });
  const labels = Uint8Array.from(places, (from) => set.labels[from]!);
  return { images, labels, count: places.length, shape: set.shape };
}
