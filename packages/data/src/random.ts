import { requireInteger, requireSize } from '@ds/checks';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A random stream, determined by its seeds. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in [from, to], inclusive. */
  integer(from: number, to: number): number;
}

/** Creates the stream of a seed and further numbers that separate its uses (epoch, purpose). */
export function randomStream(...seeds: number[]): RandomStream {
  seeds.forEach((seed, i) => {
    requireInteger('randomStream', `seeds[${i}]`, seed);
  });
  let mixed = 0x9e3779b9;
  for (const seed of seeds) {
    // A step of MurmurHash3's finaliser, a product and a xor-shift, separates close seeds.
    mixed = Math.imul(mixed ^ seed, 0x85ebca6b);
    mixed ^= mixed >>> 15;
    // The operators above see the lowest 32 bits.
    const high = Math.floor(seed / 2 ** 32);
    if (high !== 0) mixed = Math.imul(mixed ^ high, 0xc2b2ae35);
  }
  const generator = xoroshiro128plus(mixed | 0);
  return {
    uniform: () => uniformFloat64(generator),
    integer: (from, to) => {
      requireInteger('randomStream().integer', 'from', from);
      requireInteger('randomStream().integer', 'to', to, from);
      return uniformInt(generator, from, to);
    },
  };
}

/** A uniformly random permutation of 0 … count − 1 (Fisher–Yates). */
export function permutation(count: number, ...seeds: number[]): Int32Array {
  requireSize('permutation', 'count', count, 0);
  seeds.forEach((seed, i) => {
    requireInteger('permutation', `seeds[${i}]`, seed);
  });
  const random = randomStream(...seeds);
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const at = random.integer(0, last);
    const moved = order[at]!;
    order[at] = order[last]!;
    order[last] = moved;
  }
  return order;
}

/**
 * A draw from Beta(α, α), exact for every α > 0, without a loop. It uses four uniform numbers.
 *
 * For α > ½ it is `½ + ½ √(1 − U^{1/(α−½)}) cos 2πV` (Ulrich 1984). For smaller α it uses a draw B
 * of Beta(α + 1, α + 1): λ/(1−λ) = B/(1−B) · (U/V)^{1/α} (Stuart 1962). It computes in logarithms,
 * because both powers underflow for small α.
 */
export function symmetricBeta(alpha: number, random: RandomStream): number {
  // In (0, 1], so that logarithms are finite.
  const [u, v] = [1 - random.uniform(), 1 - random.uniform()];
  const [radius, angle] = [1 - random.uniform(), random.uniform()];
  const isSmall = alpha <= 0.5;
  const shape = isSmall ? alpha + 1 : alpha;
  const length = Math.sqrt(-Math.expm1(Math.log(radius) / (shape - 0.5)));
  // Below 1 in magnitude, so that the odds are finite.
  const offset = Math.max(
    -NEAREST_ONE,
    Math.min(NEAREST_ONE, length * Math.cos(2 * Math.PI * angle)),
  );
  if (!isSmall) return (1 + offset) / 2;
  const odds = Math.log1p(offset) - Math.log1p(-offset) + (Math.log(u) - Math.log(v)) / alpha;
  return 1 / (1 + Math.exp(-odds));
}

/** The largest number below 1. */
const NEAREST_ONE = 1 - 2 ** -53;
