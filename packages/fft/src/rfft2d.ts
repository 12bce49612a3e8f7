import { LARGEST_PLANE, requireNumbers, requireOptions, requireSize } from '@ds/checks';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { complexAlongAxis } from './complex-axis.js';
import { dft } from './dft.js';
import { forwardOnHost, inverseOnHost, isOnHost } from './host-dft.js';
import { type Norm, normFactor, requireNorm } from './norm.js';
import {
  firstAndSecond,
  type HalfSpectrum,
  inverseReal,
  requireSignal,
  requireSpectrum,
  resize,
  stacked,
  unpack,
} from './rfft.js';

/**
 * The 2-D DFT of real planes over the last two axes, differentiable.
 *
 * `X_{k,l} = c Σ_{p,q} x_{p,q} e^{-2πi (k p / H + l q / W)}` with rows k = 0 … H−1 in FFT order
 * (0, 1, …, −2, −1) and columns l = 0 … floor(W/2); c is 1, 1/√(HW) or 1/(HW) by `norm`.
 *
 * Shapes: x `[..., H, W]` float32, any H, W ≥ 1 → real and imag `[..., H, floor(W/2)+1]`.
 *
 * @throws ConfigError if x is not a float32 tensor of rank ≥ 2 without empty axes, or norm is
 *   unknown.
 */
export function rfft2d(x: Tensor, options: { norm?: Norm } = {}): HalfSpectrum {
  requireSignal('rfft2d', x, 2);
  requireOptions('rfft2d', 'options', options, { norm: requireNorm });
  const height = x.shape[x.rank - 2]!;
  const width = x.shape[x.rank - 1]!;
  requireSides('rfft2d', 'the last axes of x', [height, width]);
  const [down, across] = [height, width].map((count) =>
    normFactor(options.norm ?? 'backward', 'forward', count),
  ) as [number, number];
  if (isOnHost()) return firstAndSecond(() => forwardOnHost(x, [height, width], down * across));
  return tidy(() => {
    const rows = unpack(() => dft(x, 'real', width, across));
    return complexAlongAxis(rows, x.rank - 2, 'complex', down);
  });
}

/**
 * The inverse of {@link rfft2d}: a complex inverse along the height, then a real inverse along the
 * width. The real inverse ignores the imaginary parts of column 0 and (W even) of column W/2.
 *
 * Shapes: real, imag `[..., h, bins]` → `[..., H, W]`, `[H, W]` = `outputSize`, by default
 * `[h, 2·(bins − 1)]`. An odd width round-trips only if `outputSize` is given. As in numpy, surplus
 * rows and bins are cut at the end, and missing ones are zero.
 *
 * @throws ConfigError if the two tensors are not float32 of one shape of rank ≥ 2, or a size is not
 *   an integer ≥ 1.
 */
export function irfft2d(
  spectrum: HalfSpectrum,
  options: { outputSize?: [number, number]; norm?: Norm } = {},
): Tensor {
  requireSpectrum('irfft2d', spectrum, 2);
  requireOptions('irfft2d', 'options', options, { outputSize: requireSides, norm: requireNorm });
  const { real, imag } = spectrum;
  const rowAxis = real.rank - 2;
  const [height, width] = options.outputSize ?? [
    real.shape[rowAxis]!,
    2 * (real.shape[rowAxis + 1]! - 1),
  ];
  requireSides('irfft2d', 'outputSize', [height, width]);
  const [down, across] = [height, width].map((count) =>
    normFactor(options.norm ?? 'backward', 'inverse', count),
  ) as [number, number];
  return tidy(() => {
    if (isOnHost()) {
      const packed = stacked(spectrum, [height], Math.floor(width / 2) + 1);
      return inverseOnHost(packed, [height, width], down * across, 'twice');
    }
    const rows = complexAlongAxis(
      { real: resize(real, rowAxis, height), imag: resize(imag, rowAxis, height) },
      rowAxis,
      'complexAdjoint',
      down,
    );
    return inverseReal(rows.real, rows.imag, width, across);
  });
}

/** Checks that height and width are sizes whose product fits into memory. */
function requireSides(op: string, name: string, value: unknown): void {
  requireNumbers(op, name, value, 2, requireSize);
  const [height, width] = value as [number, number];
  requireSize(op, `${name} (height · width)`, height * width, 1, LARGEST_PLANE);
}
