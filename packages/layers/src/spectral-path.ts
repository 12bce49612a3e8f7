import { integerIn, oneOf, requireNumbers } from '@ds/checks';
import { isSmooth } from '@ds/fft/plan';
import { FEW_CHANNELS, type KeptBand, realFft2dKernel, resampleSpectrum } from '@ds/kernels';
import { getBackend, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { poolByFft } from './spectral-fft.js';
import { maskedSpectrum, type Norm, type SpectrumAxis } from './spectral-matrices.js';

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
 * transpositions, on the host plan of `@ds/fft`. The operations are counted as below.
 *
 * Measured on one core of a virtual AMD EPYC: forward pass of spectral pooling at stride 2, 128² to
 * 1024² pixels, 1 to 8 channels. On wasm products reach 23–36 and 60–85 thousand, and transforms
 * 2–3.8 thousand. On tfjs's cpu backend they reach 1,300 and 190–240.
 */
const RATES: Record<string, { product: number; symmetricProduct: number; transform: number }> = {
  wasm: { product: 30_000, symmetricProduct: 75_000, transform: 2400 },
  cpu: { product: 1300, symmetricProduct: 1300, transform: 220 },
};

/**
 * Transforms by the kernel of `@ds/fft` in tfjs's memory, in the same units. Only its ratio to the
 * products matters. That was measured on one core of an Intel Xeon, in alternating runs of 20
 * shapes from 64² to 512² pixels: the FFT then takes 0.2–0.7 of the time of the matrices for three
 * channels, and 0.6–3 times as long for 16. Forward and backward passes differ by up to a half.
 */
const TRANSFORM_IN_MEMORY = 7200;

/**
 * The most values of an image that is transformed. The FFT takes five times the memory of an image,
 * and the memory of WebAssembly has at most 4 GB.
 */
const MOST_TRANSFORMED = 2 ** 26;

/**
 * Estimates the faster algorithm of `diffStride` and `spectralPool` on the current backend. The
 * images have shape `[batch, height, width, channels]`, the output `[height, width]`. The cost per
 * plane of the two matrix products grows with H·W·(h + w), that of the FFT with H·W·log(H·W). A
 * length with a prime factor above 13 makes its transforms four times as slow. Images of more than
 * 2²⁶ values take the matrices, which need less memory.
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
  const transformRate = realFft2dKernel.isHere() ? TRANSFORM_IN_MEMORY : rates.transform;
  const matrices = product / rate / 1000;
  const fft = transform / transformRate / 1000;
  const isSmall = height * width * channels <= MOST_TRANSFORMED;
  return { path: fft < matrices && isSmall ? 'fft' : 'matrices', matrices, fft };
}

/** 2.5·H·W·log₂(H·W). An axis with a large prime factor counts fourfold (Bluestein). */
function transformCost(height: number, width: number): number {
  const axis = (size: number) => (isSmooth(size) ? 1 : 4) * Math.log2(Math.max(size, 2));
  return 2.5 * height * width * (axis(height) + axis(width));
}

/**
 * Masks and crops the spectrum, `irfftn(crop(mask · rfftn(x)))`, by the faster algorithm.
 *
 * Volumes always use matrices. For N³ voxels at stride 2, products take 1.75·N operations a voxel,
 * and transforms 8.4·log₂N. On cpu, transforms are faster for N ≥ 230. On wasm they are for
 * N ≥ 600, where one channel has 0.9 GB.
 */
export function poolSpectrum<X extends Tensor>(
  x: X,
  axes: readonly SpectrumAxis[],
  norm: Norm,
  path: 'auto' | SpectralPath = 'auto',
): X {
  return tidy(() => {
    if (axes.length < 3) {
      const [columns, rows] = axes.toReversed() as [SpectrumAxis, SpectrumAxis?];
      const [batch, channels] = [x.shape[0]!, x.shape.at(-1)!];
      const size: [number, number] = [rows?.band.outputSize ?? 1, columns.band.outputSize];
      const [height, width] = [rows?.band.inputSize ?? 1, columns.band.inputSize];
      const shape: [number, number, number, number] = [batch, height, width, channels];
      const chosen = path === 'auto' ? spectralPath(shape, size).path : path;
      if (chosen === 'fft') {
        const y = poolByFft(
          reshape(x, shape),
          rows?.band ?? ONE_PIXEL,
          columns.band,
          rows?.mask ?? null,
          columns.mask,
          norm,
        );
        return reshape(y, [batch, ...axes.map(({ band }) => band.outputSize), channels]) as X;
      }
    }
    return resampleSpectrum(x, maskedSpectrum(axes, norm));
  });
}

/** The only frequency of an axis of one pixel. */
export const ONE_PIXEL: KeptBand = {
  inputSize: 1,
  outputSize: 1,
  frequencies: [{ source: 0, target: 0, distance: 0 }],
};

export const checkPath = oneOf('auto', 'matrices', 'fft');
