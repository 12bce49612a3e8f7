import { Bluestein } from './bluestein.js';
import type { Doubles } from './doubles.js';
import { isSmooth, MixedRadixFft } from './mixed-radix.js';

/** Complex DFTs of one length, several side by side. */
export interface ComplexTransform {
  /** Numbers (two a value) that each buffer must have for `count` signals. */
  bufferSize(count: number): number;
  /**
   * `X_k = Σ_t x_t e^{−2πi k t/n}` of `count` signals, interleaved: number q has value t at `t·count + q`. Both buffers are
   * overwritten.
   *
   * @returns the one of the two that holds the result.
   */
  transform(x: Doubles, y: Doubles, count?: number): Doubles;
  /** The same of one signal in `source`, which is only read; the buffers need not hold anything. */
  transformOf(source: ArrayLike<number>, x: Doubles, y: Doubles): Doubles;
}

/** The forward complex DFT of any length: mixed radix where it is smooth, Bluestein's algorithm elsewhere. */
export function complexFft(length: number): ComplexTransform {
  return isSmooth(length) ? new MixedRadixFft(length) : new Bluestein(length);
}
