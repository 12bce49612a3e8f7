import type { Doubles } from './doubles.js';

/** Complex DFTs of one length, for one or several interleaved signals. */
export interface ComplexTransform {
  /** Required length of each buffer for `count` signals, at two numbers per complex value. */
  bufferSize(count: number): number;
  /**
   * `X_k = Σ_t x_t e^{−2πi k t/n}` of `count` interleaved signals. Complex value t of signal q is
   * at `t·count + q`. Both buffers are overwritten.
   *
   * @returns the buffer that holds the result.
   */
  transform(x: Doubles, y: Doubles, count?: number): Doubles;
  /** Transforms one signal from `source`, which stays unchanged. The buffers are scratch. */
  transformOf(source: ArrayLike<number>, x: Doubles, y: Doubles): Doubles;
}
