import { type Checks, ConfigError, requireOptions, requireSize, requireTensor } from '@ds/checks';
import { resampleByMatrices } from '@ds/kernels';
import {
  add,
  mul,
  relu,
  slice,
  square,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { idealDownsampling, idealUpsampling } from './ideal-matrices.js';

/** Options of {@link polynomialActivation} and {@link upsampledRelu}. */
export interface AliasFreeOptions {
  /** Factor f of the upsampling before the nonlinearity, 2 … 8. Default 2, as published. */
  factor?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link AliasFreeOptions}. */
export const ALIAS_FREE_CHECKS: Checks<AliasFreeOptions> = {
  factor: (op, name, value) => {
    requireSize(op, name, value, 2, 8);
  },
  dataFormat: checkDataFormat,
};

/**
 * The polynomial activation of alias-free networks (Michaeli, Michaeli & Soudry, "Alias-free
 * convnets: fractional shift invariance via polynomial activations", CVPR 2023, arXiv 2303.08085):
 *
 *     y = D p(U x),  p(u) = a₀ + a₁ u + a₂ u²  with coefficients of each channel
 *
 * U upsamples both axes by f, as an ideal interpolation of the circular image. D is the ideal
 * low-pass filter with subsampling by f. A square doubles the band of a signal. So with f ≥ 2 the
 * square has no alias, and the activation commutes with circular shifts by any fraction of a pixel.
 *
 * Difference from the published code: for even sizes, its interpolation keeps half of the frequency
 * N/2, and here U drops it. Both drop it from the output.
 *
 * Shapes: x `[batch, height, width, channels]`, coefficients `[3, channels]` (a₀, a₁, a₂) → the
 * shape of x. Differentiable in x and in the coefficients.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, the coefficients do not fit its
 *   channels, or an option is unknown or out of its range.
 */
export function polynomialActivation(
  x: Tensor4D,
  coefficients: Tensor2D,
  options: AliasFreeOptions = {},
): Tensor4D {
  requireImage('polynomialActivation', x);
  requireTensor('polynomialActivation', 'coefficients', coefficients);
  requireOptions('polynomialActivation', 'options', options, ALIAS_FREE_CHECKS);
  const channels = x.shape[options.dataFormat === 'channelsFirst' ? 1 : 3];
  if (coefficients.shape.join() !== `3,${channels}`) {
    throw new ConfigError(
      `polynomialActivation: coefficients must have shape [3,${channels}], ` +
        `got [${coefficients.shape}]`,
    );
  }
  return upsampled(x, options, (u) => {
    const of = (power: number) => slice(coefficients, [power, 0], [1, channels]) as Tensor2D;
    return add(add(mul(square(u), of(2)), mul(u, of(1))), of(0)) as Tensor4D;
  });
}

/**
 * ReLU at a higher resolution: `y = D relu(U x)`, with U and D of {@link polynomialActivation}
 * (Karras et al., "Alias-free generative adversarial networks", NeurIPS 2021, with shorter
 * filters). The corner of the ReLU has unlimited frequencies, so some alias remains. It decreases
 * as the factor grows.
 *
 * Shapes: x `[batch, height, width, channels]` → the shape of x. Differentiable in x.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, or an option is unknown or out of its
 *   range.
 */
export function upsampledRelu(x: Tensor4D, options: AliasFreeOptions = {}): Tensor4D {
  requireImage('upsampledRelu', x);
  requireOptions('upsampledRelu', 'options', options, ALIAS_FREE_CHECKS);
  return upsampled(x, options, relu);
}

/** `D f(U x)`. */
function upsampled(
  x: Tensor4D,
  { factor = 2, dataFormat = 'channelsLast' }: AliasFreeOptions,
  f: (u: Tensor4D) => Tensor4D,
): Tensor4D {
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const [, height, width] = image.shape;
      const by = (y: Tensor4D, matrix: typeof idealUpsampling) =>
        resampleByMatrices(
          y,
          { rows: matrix(height, factor), columns: matrix(width, factor) },
          { isSymmetric: true },
        );
      return by(f(by(image, idealUpsampling)), idealDownsampling);
    }),
  );
}
