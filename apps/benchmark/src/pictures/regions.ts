import { fractionalAvgPool, fractionalSequence } from '@ds/layers/ops';
import type { Tensor4D } from '@tensorflow/tfjs';

/** How Graham draws the boundaries of regions. */
export const REGION_KINDS = ['random', 'pseudorandom'] as const;
export type RegionKind = (typeof REGION_KINDS)[number];

/** One image after each of several fractional average poolings, and the boundaries of each. */
export interface RepeatedPooling {
  kind: RegionKind;
  steps: { image: Tensor4D; rows: number[]; columns: number[] }[];
}

/** Graham's picture (2014, figure 2): an image averaged again and again, by a ratio far below 2. */
export function repeatedAverages(
  x: Tensor4D,
  kind: RegionKind,
  { ratio, times, seed }: { ratio: number; times: number; seed: number },
): RepeatedPooling {
  const steps: RepeatedPooling['steps'] = [];
  let image = x;
  for (let time = 0; time < times && image.shape[1] / ratio >= 2; time++) {
    const pseudoRandom = kind === 'pseudorandom';
    const pooled = fractionalAvgPool(image, { ratio, pseudoRandom, seed: seed + time });
    image = pooled.output;
    steps.push({ image, rows: pooled.rows, columns: pooled.columns });
  }
  return { kind, steps };
}

/**
 * How far repeated pooling bends an axis: for each time, the root mean square distance, in pixels of the original, between
 * the boundaries of what is left and an even division. Random sequences walk away from it, pseudorandom ones do not.
 */
export function distortions(
  size: number,
  kind: RegionKind,
  { ratio, times, seed }: { ratio: number; times: number; seed: number },
): number[] {
  // Where each boundary of the map so far lies on the original's axis.
  let places = Array.from({ length: size + 1 }, (_, i) => i);
  const found: number[] = [];
  for (let time = 0; time < times; time++) {
    const current = places.length - 1;
    const next = Math.floor(current / ratio);
    if (next < 2) break;
    const sequence = fractionalSequence(current, next, {
      pseudoRandom: kind === 'pseudorandom',
      seed: seed + time,
    });
    places = sequence.map((boundary) => places[boundary]!);
    const squares = places.map((place, i) => (place - (i * size) / next) ** 2);
    found.push(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length));
  }
  return found;
}
