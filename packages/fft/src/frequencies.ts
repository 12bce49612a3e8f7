import { requirePositive } from '@ds/checks';
import { requireLength, requireTyped } from './spectrum-arrays.js';

/**
 * The bin frequencies of a complex DFT in FFT order, like numpy's `fftfreq`: `k/(n·d)` for
 * k = 0, 1, …, then the negative frequencies. They are in cycles per unit of the sample spacing d.
 *
 * @throws ConfigError if the length is not an integer ≥ 1, or the spacing is not > 0.
 */
export function fftFrequencies(length: number, spacing = 1): Float64Array {
  requireSpacing('fftFrequencies', length, spacing);
  const half = Math.ceil(length / 2);
  return Float64Array.from({ length }, (_, k) => (k < half ? k : k - length) / (length * spacing));
}

/**
 * The bin frequencies of a half-spectrum, like numpy's `rfftfreq`: `k/(n·d)`,
 * k = 0 … floor(n/2).
 *
 * @throws ConfigError as {@link fftFrequencies} does.
 */
export function rfftFrequencies(length: number, spacing = 1): Float64Array {
  requireSpacing('rfftFrequencies', length, spacing);
  return Float64Array.from(
    { length: Math.floor(length / 2) + 1 },
    (_, k) => k / (length * spacing),
  );
}

/**
 * Moves bin 0 to the middle, like numpy's `fftshift`. Element floor(n/2) of the returned copy is
 * the first element of `x`.
 */
export function fftshift<Values extends Float64Array | Float32Array>(x: Values): Values {
  requireTyped('fftshift', 'x', x);
  return rolled(x, Math.ceil(x.length / 2));
}

/** The inverse of {@link fftshift}; the two differ for odd lengths. */
export function ifftshift<Values extends Float64Array | Float32Array>(x: Values): Values {
  requireTyped('ifftshift', 'x', x);
  return rolled(x, Math.floor(x.length / 2));
}

/** Splits the array at `cut` and swaps the two parts. */
function rolled<Values extends Float64Array | Float32Array>(x: Values, cut: number): Values {
  const y = x.slice() as Values;
  y.set(x.subarray(cut), 0);
  y.set(x.subarray(0, cut), x.length - cut);
  return y;
}

function requireSpacing(owner: string, length: number, spacing: number): void {
  requireLength(owner, 'length', length);
  requirePositive(owner, 'spacing', spacing);
}
