import { integerIn, oneOf, requireNumbers } from '@ds/checks';
import { isSmooth } from '@ds/fft/plan';
import type { KeptBand } from '@ds/kernels';
import { FEW_CHANNELS } from '@ds/kernels';
import { getBackend, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { poolByFft } from './spectral-fft.js';
import { type MaskAt, type Norm, poolByMatrices, spectrumMatrices } from './spectral-matrices.js';

/** The two ways to pool a spectrum; the numbers are the same to float32. */
export type SpectralPath = 'matrices' | 'fft';

/** What the two ways are expected to take, and the shorter one. */
export interface SpectralPathEstimate {
  path: SpectralPath;
  /** Milliseconds of a forward on one core of the machine the rates were measured on. */
  matrices: number;
  /** The same; ∞ on a backend where a tensor should not be read back, or none was measured. */
  fft: number;
}

/**
 * Floating-point operations a microsecond, counted as below: of matrix products, with few channels and with many, and of
 * the transforms with their transpositions, which run on the host plan of `@ds/fft`. Measured on one core of a virtual
 * AMD EPYC (forward of spectral pooling at stride 2, 128² to 1024² pixels, 1 to 8 channels): 23–36 and 60–85 thousand on wasm,
 * where products with 8 channels or more make use of the matrices' symmetry, and 2–3.8 thousand of the transforms; 1,300 and 190–240 on
 * tfjs's cpu backend. Measured on wasm (one image, matrices against transforms): at 256² 3.1 and 2.1 ms, at 512² with three channels
 * 25 and 22 ms, with eight 28 and 47 ms, at 1024² with three 169 and 81 ms.
 */
const RATES: Record<string, { product: number; symmetricProduct: number; transform: number }> = {
  wasm: { product: 30_000, symmetricProduct: 75_000, transform: 2400 },
  cpu: { product: 1300, symmetricProduct: 1300, transform: 220 },
};

/**
 * Which way `diffStride` and `spectralPool` take on the current backend for images of a shape
 * `[batch, height, width, channels]` and an output `[height, width]`: two small matrix products, whose cost
 * grows with H·W·(h + w) a plane, or fast Fourier transforms, H·W·log(H·W). Lengths with a prime factor above
 * 13 make transforms four times as dear.
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

/** 2.5·H·W·log₂(H·W), an axis with a large prime factor fourfold (Bluestein's algorithm). */
function transformCost(height: number, width: number): number {
  const axis = (size: number) => (isSmooth(size) ? 1 : 4) * Math.log2(Math.max(size, 2));
  return 2.5 * height * width * (axis(height) + axis(width));
}

/** How {@link poolSpectrum} may be told more than it needs. */
export interface PoolSpectrumOptions {
  /** Default `'auto'`: as {@link spectralPath} says. */
  path?: 'auto' | SpectralPath;
  /** Which distances lie where the mask is certainly 1 or certainly 0, gradient included. */
  isFlat?: (distance: number) => boolean;
}

/** Pools by masking and cropping the spectrum, `irfft2(crop(mask · rfft2(x)))`, the faster way. */
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
