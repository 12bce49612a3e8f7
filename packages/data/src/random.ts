import { requireInteger, requireSize } from '@ds/checks';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers that a seed determines. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in [from, to], both included. */
  integer(from: number, to: number): number;
}

/** The stream of a seed and any further numbers that tell its uses apart (epoch, purpose). */
export function randomStream(...seeds: number[]): RandomStream {
  seeds.forEach((seed, i) => {
    requireInteger('randomStream', `seeds[${i}]`, seed);
  });
  let mixed = 0x9e3779b9;
  for (const seed of seeds) {
    // A multiplicative hash step (Knuth's constant, then xor-shift): near seeds get far streams.
    mixed = Math.imul(mixed ^ seed, 0x85ebca6b);
    mixed ^= mixed >>> 15;
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

/** A uniformly random order of 0 … count − 1 (Fisher–Yates). */
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

/** A draw from Beta(α, α) by Jöhnk's method (1964): exact, and fast for the small α of mixup. */
export function symmetricBeta(alpha: number, random: RandomStream): number {
  for (;;) {
    const [u, v] = [random.uniform(), random.uniform()];
    const [x, y] = [u ** (1 / alpha), v ** (1 / alpha)];
    if (x + y > 0 && x + y <= 1) return x / (x + y);
    // For a small α both powers can be 0. Logarithms still give their quotient.
    if (x + y === 0 && u + v > 0) return 1 / (1 + Math.exp((Math.log(v) - Math.log(u)) / alpha));
  }
}
