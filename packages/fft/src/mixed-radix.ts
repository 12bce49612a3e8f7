import { requireInteger } from '@ds/checks';
import {
  radix2,
  radix3,
  radix4,
  radix4First,
  radix4Last,
  radix5,
  radix8Last,
  radixOdd,
  type Stage,
} from './butterflies.js';
import type { ComplexTransform } from './complex-transform.js';
import { type Doubles, doubles } from './doubles.js';
import { unitRoot } from './unit-root.js';

/** Prime factors that have a butterfly. */
const RADICES = [2, 3, 5, 7, 11, 13];

/**
 * Whether all prime factors of a length ≥ 1 are among 2, 3, 5, 7, 11 and 13. Such a length uses a
 * mixed-radix FFT, which takes about a quarter of the time of Bluestein's algorithm.
 *
 * @throws ConfigError if the length is not an integer ≥ 1.
 */
export function isSmooth(length: number): boolean {
  requireInteger('isSmooth', 'length', length, 1);
  return RADICES.reduce((rest, radix) => withoutFactor(rest, radix), length) === 1;
}

function withoutFactor(n: number, radix: number): number {
  let rest = n;
  while (rest % radix === 0) rest /= radix;
  return rest;
}

/**
 * The forward complex DFT of smooth lengths, `X_k = Σ_t x_t e^{−2πi k t/n}`. The algorithm is
 * Stockham's autosort form of the mixed-radix FFT (Cochran et al. 1967; Singleton 1969 for odd
 * radices), with decimation in frequency. Each factor 8, 4, 2, 3, 5, 7, 11 or 13 is one pass from
 * one buffer to the other. So no reordering is needed. Values are interleaved: re, im, re, im, …
 *
 * Several signals can be transformed together. Complex value t of signal q is at `t·count + q`.
 */
export class MixedRadixFft implements ComplexTransform {
  private readonly stages: Stage[] = [];

  /** @param length a smooth number, see {@link isSmooth}. */
  constructor(readonly length: number) {
    let left = length;
    let stride = 1;
    for (const radix of factorsOf(length)) {
      // `| 0` keeps loop counters as small integers, which are faster than doubles.
      const groups = (left / radix) | 0;
      const twiddles = doubles(2 * (radix - 1) * groups);
      for (let p = 0, at = 0; p < groups; p++) {
        for (let j = 1; j < radix; j++) {
          [twiddles[at++], twiddles[at++]] = unitRoot((p * j) % left, left);
        }
      }
      const half = Math.floor((radix - 1) / 2);
      const waves = doubles(2 * half * half);
      for (let k = 1, at = 0; k <= half; k++) {
        for (let j = 1; j <= half; j++) {
          [waves[at++], waves[at++]] = unitRoot((j * k) % radix, radix);
        }
      }
      this.stages.push({ radix, groups, stride, twiddles, waves });
      left = groups;
      stride *= radix;
    }
  }

  bufferSize(count: number): number {
    return 2 * this.length * count;
  }

  /**
   * Transforms `count` signals in `x`, with `y` as the second buffer. Both are overwritten.
   *
   * @returns the buffer that holds the result.
   */
  transform(x: Doubles, y: Doubles, count = 1): Doubles {
    return this.pass(0, x, y, count);
  }

  transformOf(source: ArrayLike<number>, x: Doubles, y: Doubles): Doubles {
    const first = this.stages[0];
    if (first?.radix === 4 && first.groups > 1) {
      radix4First(source, y, first);
      return this.pass(1, y, x, 1);
    }
    for (let i = 0; i < 2 * this.length; i++) x[i] = source[i]!;
    return this.transform(x, y);
  }

  /** Runs all passes, starting with pass `first`. */
  private pass(first: number, x: Doubles, y: Doubles, count: number): Doubles {
    // Array destructuring would be slow here and in the passes: tfjs's polyfills patch iterators.
    let from = x;
    let to = y;
    for (let i = first; i < this.stages.length; i++) {
      const stage = this.stages[i]!;
      const stride = stage.stride * count;
      switch (stage.radix) {
        case 2:
          radix2(from, to, stage, stride);
          break;
        case 3:
          radix3(from, to, stage, stride);
          break;
        case 4:
          if (stage.groups === 1) radix4Last(from, to, stride);
          else if (stride === 1) radix4First(from, to, stage);
          else radix4(from, to, stage, stride);
          break;
        case 8:
          radix8Last(from, to, stride);
          break;
        case 5:
          radix5(from, to, stage, stride);
          break;
        default:
          radixOdd(from, to, stage, stride);
      }
      const result = to;
      to = from;
      from = result;
    }
    return from;
  }
}

function factorsOf(length: number): number[] {
  const factors: number[] = [];
  let rest = length;
  for (const radix of [4, 2, 3, 5, 7, 11, 13]) {
    for (; rest % radix === 0; rest /= radix) factors.push(radix);
  }
  // One radix-8 pass replaces the last radix-4 and radix-2 passes.
  if (factors.at(-1) === 2 && factors.at(-2) === 4) factors.splice(-2, 2, 8);
  return factors;
}
