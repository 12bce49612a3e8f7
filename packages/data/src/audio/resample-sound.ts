import { LARGEST_SIZE, refuse, requireInteger, requireNumber } from '@ds/checks';
import { greatestCommonDivisor } from './greatest-common-divisor.js';

/** Zero crossings of the sinc on each side. They put the stop band about 80 dB down. */
const CROSSINGS = 32;

/** β of the Kaiser window. */
const BETA = 8.6;

/** End of the pass band, as a fraction of the lower Nyquist frequency. */
const ROLLOFF = 0.945;

/**
 * Changes the sample rate by band-limited interpolation (Smith & Gossett 1984). The kernel is a
 * sinc below both Nyquist frequencies under a Kaiser window, evaluated at the exact rational
 * positions:
 *
 * `y_m = Σ_k x_k h(m·from/to − k)`, `h(t) = f sinc(f t) w(t)`, f = 0.945·min(1, to/from).
 *
 * The sound is zero beyond both ends. Equal rates return the same samples.
 *
 * Shapes: n samples → ceil(n·to/from).
 *
 * @throws ConfigError if samples are not a Float32Array, a rate is not an integer from 1 to 2²⁴ Hz,
 *   or one rate is more than 1,024 times the other.
 */
export function resampleSound(samples: Float32Array, from: number, to: number): Float32Array {
  requireSamples('resampleSound', 'samples', samples);
  requireRate('resampleSound', 'from', from);
  requireRate('resampleSound', 'to', to);
  requireNumber('resampleSound', 'from / to', from / to, 1 / MOST_APART, MOST_APART);
  if (from === to) return samples;
  const { step, phases, cutoff, reach } = kernelForm(from, to);
  const filters = new Map<number, Float64Array>();
  const output = new Float32Array(Math.ceil((samples.length * to) / from));
  for (let m = 0; m < output.length; m++) {
    const position = m * step;
    const base = Math.floor(position / phases);
    const phase = position % phases;
    let filter = filters.get(phase);
    if (!filter) {
      filter = kernelAt(phase / phases, cutoff, reach);
      filters.set(phase, filter);
    }
    const first = base - reach + 1;
    const start = Math.max(0, -first);
    const end = Math.min(filter.length, samples.length - first);
    let sum = 0;
    for (let i = start; i < end; i++) sum += filter[i]! * samples[first + i]!;
    output[m] = sum;
  }
  return output;
}

/**
 * The form of the interpolation. `step` samples become `phases` samples. A sample depends on
 * `reach` samples on each side.
 */
export function kernelForm(from: number, to: number) {
  const divisor = greatestCommonDivisor(from, to);
  const cutoff = ROLLOFF * Math.min(1, to / from);
  const reach = Math.ceil(CROSSINGS / cutoff);
  return { step: from / divisor, phases: to / divisor, cutoff, reach };
}

/** h(offset − k) for k = −reach + 1 … reach. */
function kernelAt(offset: number, cutoff: number, reach: number): Float64Array {
  return Float64Array.from({ length: 2 * reach }, (_, i) => {
    const t = offset - (i - reach + 1);
    const x = Math.PI * cutoff * t;
    const sinc = x === 0 ? 1 : Math.sin(x) / x;
    const u = t / reach;
    const window = Math.abs(u) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - u * u)) / bessel(BETA);
    return cutoff * sinc * window;
  });
}

/** I₀, the modified Bessel function of order zero, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** The largest ratio of two rates. The filter length grows with the ratio. */
const MOST_APART = 1024;

/** @throws ConfigError if a rate is not an integer from 1 to 2²⁴ Hz. */
export function requireRate(op: string, name: string, rate: unknown): void {
  if (!Number.isInteger(rate) || (rate as number) < 1)
    refuse(op, name, 'be an integer >= 1 Hz', rate);
  requireInteger(op, `${name} (Hz)`, rate, 1, LARGEST_SIZE);
}

/** @throws ConfigError if samples are not a Float32Array. */
export function requireSamples(op: string, name: string, samples: unknown): void {
  if (!(samples instanceof Float32Array)) refuse(op, name, 'be a Float32Array', samples);
}
