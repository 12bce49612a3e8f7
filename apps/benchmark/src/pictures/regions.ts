import { fractionalAvgPool, fractionalSequence } from '@ds/layers/ops';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** Graham's two ways to draw the boundaries of regions. */
export const REGION_KINDS = ['random', 'pseudorandom'] as const;
export type RegionKind = (typeof REGION_KINDS)[number];

/** An image after each of several fractional average poolings, and the boundaries of each. */
export interface RepeatedPooling {
  kind: RegionKind;
  steps: { image: Tensor4D; rows: number[]; columns: number[] }[];
}

/** Repeated average pooling of an image by a ratio far below 2 (Graham 2014, figure 2). */
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
 * The distortion of an axis after each pooling: the root mean square distance between the
 * region boundaries and evenly spaced ones, in pixels of the original. It grows with random
 * sequences, but not with pseudorandom ones.
 */
export function distortions(
  size: number,
  kind: RegionKind,
  { ratio, times, seed }: { ratio: number; times: number; seed: number },
): number[] {
  // The position of each current boundary on the axis of the original.
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
