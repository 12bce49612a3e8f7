import type { Doubles } from './doubles.js';

/** Numbers that a transform writes. */
export type FloatArray = Float64Array | Float32Array;

/** The DFT of real signals of one length, on the plan's own scratch. */
export interface RealKernel {
  /** Where a signal is put before `forward`, and found after `inverse`; overwritten by both. */
  readonly signal: Doubles;
  /** `X_k = Σ_t x_t e^{−2πi k t/n}`, k = 0 … floor(n/2), of the signal, written from `at` on. */
  forward(real: FloatArray, imag: FloatArray, at: number): void;
  /**
   * `x_t = scale Σ_k X_k e^{2πi k t/n}` over the Hermitian spectrum whose half is read from `at` on; imaginary parts of bins that
   * have no partner are ignored.
   */
  inverse(real: ArrayLike<number>, imag: ArrayLike<number>, at: number, scale: number): void;
}
