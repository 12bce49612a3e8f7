import {
  type Checks,
  requireArray,
  requireInteger,
  requireList,
  requireNumber,
  requireNumbers,
  requireOptions,
  requireSize,
} from '@ds/checks';
import { type RandomStream, randomStream } from '../random.js';

/** The masks of SpecAugment, in the terms of its paper. */
export interface SpecAugment {
  /** F: the widest mask in bands. Default 0. */
  frequencyWidth?: number;
  /** m_F: number of masks along frequency. Default 1. */
  frequencyMasks?: number;
  /** T: the longest mask in frames. Default 0. */
  timeWidth?: number;
  /** m_T: number of masks along time. Default 1. */
  timeMasks?: number;
  /** p: the longest mask along time as a share of the frames, in [0, 1]. Default 1. */
  timeShare?: number;
}

/**
 * SpecAugment (Park et al. 2019), without its time warp. It masks bands and frames of a
 * spectrogram. A mask along frequency has a width f, uniform in 0 … F, and begins at a band that is
 * uniform in 0 … bands − f. A mask along time has a width t in 0 … min(T, p · frames). Masks may
 * overlap. Masked values are 0, so standardise the spectrogram first: 0 is then its mean.
 *
 * Shapes: [frames, bands], row-major → a new array of that shape.
 *
 * @param seeds the same seeds give the same masks.
 * @throws ConfigError if an option is out of range, or the values do not have the shape.
 */
export function specAugment(
  spectrogram: Float32Array,
  shape: [frames: number, bands: number],
  options: SpecAugment,
  ...seeds: number[]
): Float32Array {
  const op = 'specAugment';
  requireArray(op, 'spectrogram', spectrogram);
  requireNumbers(op, 'shape', shape, 2, requireSize);
  requireList(op, 'spectrogram', spectrogram, shape[0] * shape[1]);
  requireSpecAugment(op, 'options', options);
  seeds.forEach((seed, i) => {
    requireInteger(op, `seeds[${i}]`, seed);
  });
  const masked = Float32Array.from(spectrogram);
  maskInPlace(masked, shape, options, randomStream(...seeds));
  return masked;
}

/** {@link specAugment} in place, with checked options. */
export function maskInPlace(
  values: Float32Array,
  [frames, bands]: [number, number],
  options: SpecAugment,
  random: RandomStream,
): void {
  const { frequencyWidth = 0, frequencyMasks = 1, timeShare = 1 } = options;
  const { timeWidth = 0, timeMasks = 1 } = options;
  for (let mask = 0; mask < frequencyMasks; mask++) {
    const [first, end] = drawMask(Math.min(frequencyWidth, bands), bands, random);
    for (let m = 0; m < frames; m++) values.fill(0, m * bands + first, m * bands + end);
  }
  const longest = Math.floor(Math.min(timeWidth, timeShare * frames));
  for (let mask = 0; mask < timeMasks; mask++) {
    const [first, end] = drawMask(longest, frames, random);
    values.fill(0, first * bands, end * bands);
  }
}

/** Draws a width up to `widest`, and a place in `size`. */
function drawMask(widest: number, size: number, random: RandomStream): [number, number] {
  const width = random.integer(0, widest);
  const first = random.integer(0, size - width);
  return [first, first + width];
}

/** The most masks of one kind. */
const MOST_MASKS = 1000;

const requireMasks = (op: string, name: string, value: unknown) =>
  requireInteger(op, name, value, 0, MOST_MASKS);

const CHECKS: Checks<SpecAugment> = {
  frequencyWidth: (op, name, value) => requireSize(op, name, value, 0),
  frequencyMasks: requireMasks,
  timeWidth: (op, name, value) => requireSize(op, name, value, 0),
  timeMasks: requireMasks,
  timeShare: (op, name, value) => requireNumber(op, name, value, 0, 1),
};

/** @throws ConfigError if a value is not a {@link SpecAugment}. */
export function requireSpecAugment(op: string, name: string, value: unknown): void {
  requireOptions<SpecAugment>(op, name, value as SpecAugment, CHECKS);
}
