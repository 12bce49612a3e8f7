import type { KeptBand, KeptFrequency } from '@ds/kernels';
import { type Wave, wavesOf } from './spectral-waves.js';

/** Waves, and for each the distance of its mirrored frequency, ∞ if the crop keeps none. */
export interface PairWaves {
  waves: Wave[];
  mirrored: number[];
}

/** A frequency that represents itself and its mirror image. */
export interface Pair {
  frequency: KeptFrequency;
  /** The distance of its mirror image. ∞ if the crop keeps none. */
  mirrored: number;
}

/** The kept frequencies of an axis, with their mirror images. */
export function pairsOf({ inputSize, outputSize, frequencies }: KeptBand): Pair[] {
  const byTarget = new Map(frequencies.map((frequency) => [frequency.target, frequency]));
  const pairs: Pair[] = [];
  for (const frequency of frequencies) {
    const { source, target } = frequency;
    const partner = byTarget.get((outputSize - target) % outputSize);
    const isPair =
      partner !== undefined && partner !== frequency && (partner.source + source) % inputSize === 0;
    if (isPair && partner.target < target) continue; // its partner represents the pair
    pairs.push({ frequency, mirrored: isPair ? partner.distance : Number.POSITIVE_INFINITY });
  }
  return pairs;
}

/** The waves of pairs. Both frequencies of a pair have the same waves, up to the sign. */
export function pairWaves(band: KeptBand, pairs: Pair[], part: 'real' | 'imaginary'): PairWaves {
  const mirrored = new Map(pairs.map((pair) => [pair.frequency, pair.mirrored]));
  const waves = wavesOf(
    band,
    pairs.map(({ frequency }) => frequency),
    part,
  );
  return { waves, mirrored: waves.map(({ frequency }) => mirrored.get(frequency)!) };
}
