import { requireOptions, requireWasmSource, type WasmSource } from '@ds/checks';
import { providePlans } from '../plan-cache.js';
import { RealFft } from '../real-fft.js';
import { RealFft2d } from '../real-fft-2d.js';
import { compile } from './module.js';
import { SimdRealFft } from './simd-real-fft.js';
import { SimdRealFft2d } from './simd-real-fft-2d.js';

/** Shorter signals are faster without vectors, since a call into the module costs more. */
const FEWEST_SAMPLES = 32;
/** The most values of a cached plan on vectors. Its memory is about 50 bytes a value. */
const MOST_VALUES = 2 ** 22;
/** Columns are transformed in blocks of at most this many. */
const COLUMNS = 8;

/** Options of {@link loadSimd}. */
export interface LoadSimdOptions {
  /**
   * The URL of a copy of `dist/fft.wasm`, or its bytes. Default: the file in this package, which
   * webpack and Vite include in a bundle. Other bundlers need a copy.
   */
  module?: WasmSource;
}

let loading: Promise<void> | null = null;

/**
 * Loads the transforms on vectors: a WebAssembly module of 62 kB. From then on, `realFft` and
 * `realFft2d` of `@ds/fft/plan` return plans on vectors, in float64. So the transforms of tensors
 * on the host use them, and every later `Spectrogram` of `@ds/data`. Results differ in the last
 * digits. Plans of fewer than 32 samples or more than 2²² values stay as they are. A second call
 * does nothing.
 *
 * @throws Error if the engine has no WebAssembly SIMD; DataError if the module cannot be read;
 *   ConfigError if an option is wrong.
 */
export function loadSimd(options: LoadSimdOptions = {}): Promise<void> {
  try {
    requireOptions<LoadSimdOptions>('loadSimd', 'options', options, { module: requireWasmSource });
  } catch (error) {
    return Promise.reject(error);
  }
  loading ??= load(options).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load({ module }: LoadSimdOptions): Promise<void> {
  await compile(module);
  providePlans(
    (length) =>
      length >= FEWEST_SAMPLES && length <= MOST_VALUES
        ? new SimdRealFft(length)
        : new RealFft(length),
    (height, width) =>
      height * Math.max(width, COLUMNS) <= MOST_VALUES
        ? new SimdRealFft2d(height, width)
        : new RealFft2d(height, width),
  );
}
