import { integerIn, oneOf, requireNumbers } from '@ds/checks';
import { isSmooth } from '@ds/fft/plan';
import type { KeptBand } from '@ds/kernels';
import { FEW_CHANNELS } from '@ds/kernels';
import { getBackend, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { poolByFft } from './spectral-fft.js';
import { type MaskAt, type Norm, poolByMatrices, spectrumMatrices } from './spectral-matrices.js';

/** The two algorithms for spectral pooling. Their results agree to float32. */
export type SpectralPath = 'matrices' | 'fft';

/** The estimated times of both algorithms, and the faster one. */
export interface SpectralPathEstimate {
  path: SpectralPath;
  /** Milliseconds for a forward pass on one core of the measured machine. */
  matrices: number;
  /** Likewise. ∞ if the backend reads tensors back slowly, or was not measured. */
  fft: number;
}

/**
 * Measured floating-point operations per microsecond: of matrix products with few channels, of
 * products that use the matrices' symmetry (8 channels or more), and of transforms with their
 * transpositions on the host plan of `@ds/fft`. The operations are counted as below.
 *
 * Measured on one core of a virtual AMD EPYC: forward pass of spectral pooling at stride 2, 128² to
 * 1024² pixels, 1 to 8 channels. On wasm products reach 23–36 and 60–85 thousand, and transforms
 * 2–3.8 thousand. On tfjs's cpu backend they reach 1,300 and 190–240.
 *
 * Matrices against transforms on wasm, for one image: 3.1 and 2.1 ms at 256². With three channels,
 * 25 and 22 ms at 512², and 169 and 81 ms at 1024². With eight channels, 28 and 47 ms at 512².
 */
const RATES: Record<string, { product: number; symmetricProduct: number; transform: number }> = {
  wasm: { product: 30_000, symmetricProduct: 75_000, transform: 2400 },
  cpu: { product: 1300, symmetricProduct: 1300, transform: 220 },
};

/**
 * Estimates the faster algorithm of `diffStride` and `spectralPool` on the current backend. The
 * images have shape `[batch, height, width, channels]`, the output `[height, width]`. The cost per
 * plane of the two matrix products grows with H·W·(h + w), that of the FFT with H·W·log(H·W). A
 * length with a prime factor above 13 makes its transforms four times as slow.
 *
 * @throws ConfigError if a size is not an integer ≥ 1.
 */
export function spectralPath(
  shape: [number, number, number, number],
  outputSize: [number, number],
): SpectralPathEstimate {
  requireNumbers('spectralPath', 'shape', shape, 4, integerIn(1));
  requireNumbers('spectralPath', 'outputSize', outputSize, 2, integerIn(1));
  const rates = RATES[getBackend()];
  if (!rates) return { path: 'matrices', matrices: 0, fft: Number.POSITIVE_INFINITY };
  const [batch, height, width, channels] = shape;
  const [h, w] = outputSize;
  const planes = batch * channels;
  const building = 4 * (h * h * height + w * w * width);
  const product =
    2 * Math.min(h * width * (height + w), w * height * (width + h)) * planes + building;
  const transform = (transformCost(height, width) + transformCost(h, w)) * planes;
  const rate = channels < FEW_CHANNELS ? rates.product : rates.symmetricProduct;
  const matrices = product / rate / 1000;
  const fft = transform / rates.transform / 1000;
  return { path: fft < matrices ? 'fft' : 'matrices', matrices, fft };
}

/** 2.5·H·W·log₂(H·W). An axis with a large prime factor counts fourfold (Bluestein). */
function transformCost(height: number, width: number): number {
  const axis = (size: number) => (isSmooth(size) ? 1 : 4) * Math.log2(Math.max(size, 2));
  return 2.5 * height * width * (axis(height) + axis(width));
}

/** Optional hints for {@link poolSpectrum}. */
export interface PoolSpectrumOptions {
  /** Default `'auto'`: the estimate of {@link spectralPath}. */
  path?: 'auto' | SpectralPath;
  /** Marks distances for which the mask is certainly 1 or certainly 0, and its gradient 0. */
  isFlat?: (distance: number) => boolean;
}

/** Masks and crops the spectrum, `irfft2(crop(mask · rfft2(x)))`, by the faster algorithm. */
export function poolSpectrum(
  x: Tensor4D,
  rows: KeptBand,
  columns: KeptBand,
  rowMask: MaskAt,
  columnMask: MaskAt,
  norm: Norm,
  { path = 'auto', isFlat }: PoolSpectrumOptions = {},
): Tensor4D {
  const size: [number, number] = [rows.outputSize, columns.outputSize];
  const chosen = path === 'auto' ? spectralPath(x.shape, size).path : path;
  if (chosen === 'fft') return poolByFft(x, rows, columns, rowMask, columnMask, norm);
  return tidy(() =>
    poolByMatrices(x, spectrumMatrices(rows, columns, rowMask, columnMask, norm, isFlat)),
  );
}

export const checkPath = oneOf('auto', 'matrices', 'fft');
