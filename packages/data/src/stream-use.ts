/**
 * The uses of the random streams of one seed. Each use has a number of its own in the seeds of its
 * stream, so that no two streams draw the same numbers.
 */
export const STREAM_USE = {
  /** The order of an epoch. */
  order: 1,
  /** Crops, flips, shifts and the like. */
  augmentation: 2,
  /** The masks of SpecAugment. */
  masks: 3,
  mixup: 4,
  /** The start and the order of a stratified draw. */
  drawStart: 6,
  drawOrder: 7,
} as const;
