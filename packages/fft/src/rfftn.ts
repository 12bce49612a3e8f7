import {
  integerIn,
  LARGEST_PLANE,
  requireArray,
  requireNumbers,
  requireOptions,
  requireSize,
} from '@ds/checks';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { complexAlongAxis } from './complex-axis.js';
import { type Norm, normFactor, requireNorm } from './norm.js';
import { type HalfSpectrum, irfft, requireSignal, requireSpectrum, resize, rfft } from './rfft.js';
import { irfft2d, rfft2d } from './rfft2d.js';

/** The number of last axes that a transform covers. */
type Axes = 1 | 2 | 3;

const requireAxes = integerIn(1, 3);

/**
 * The DFT of real signals, planes or volumes over the last 1, 2 or 3 axes, differentiable.
 *
 * Over three axes: `X_{j,k,l} = c Σ_{o,p,q} x_{o,p,q} e^{−2πi (j o/D + k p/H + l q/W)}`. Slices
 * j = 0 … D − 1 and rows k = 0 … H − 1 are in FFT order. Columns are l = 0 … floor(W/2). c is 1,
 * 1/√(DHW) or 1/(DHW) by `norm`. Over one axis it is `rfft`, over two it is `rfft2d`.
 *
 * Shapes: x `[..., D, H, W]` float32, any sizes ≥ 1 → real and imag `[..., D, H, floor(W/2)+1]`.
 *
 * @param options `axes`: the number of last axes, 1, 2 or 3 (default). `norm`: default
 *   `'backward'`.
 * @throws ConfigError if axes is not 1, 2 or 3, norm is unknown, or x is not a float32 tensor of
 *   at least that rank without empty axes.
 */
export function rfftn(x: Tensor, options: { axes?: Axes; norm?: Norm } = {}): HalfSpectrum {
  requireOptions('rfftn', 'options', options, { axes: requireAxes, norm: requireNorm });
  const { axes = 3, norm = 'backward' } = options;
  requireSignal('rfftn', x, axes);
  if (axes === 1) return rfft(x, { norm });
  if (axes === 2) return rfft2d(x, { norm });
  const depthAxis = x.rank - 3;
  const factor = normFactor(norm, 'forward', x.shape[depthAxis]!);
  return tidy(() => complexAlongAxis(rfft2d(x, { norm }), depthAxis, 'complex', factor));
}

/**
 * The inverse of {@link rfftn}: complex inverses along all axes but the last, then a real inverse
 * along the last one. As in `irfft`, imaginary parts that a real signal cannot have are ignored.
 *
 * Shapes: real, imag `[..., d, h, bins]` → `[..., D, H, W]`, `[D, H, W]` = `outputSize`, by default
 * `[d, h, 2·(bins − 1)]`. An odd width round-trips only if `outputSize` is given. As in numpy,
 * surplus slices, rows and bins are cut at the end, and missing ones are zero.
 *
 * @param options `axes`: the number of last axes, 1, 2 or 3 (default). `outputSize`: one size for
 *   each of these axes. `norm`: default `'backward'`.
 * @throws ConfigError if axes is not 1, 2 or 3, the two tensors are not float32 of one shape of at
 *   least that rank, or outputSize does not have an integer ≥ 1 for each axis.
 */
export function irfftn(
  spectrum: HalfSpectrum,
  options: { axes?: Axes; outputSize?: number[]; norm?: Norm } = {},
): Tensor {
  requireOptions('irfftn', 'options', options, {
    axes: requireAxes,
    outputSize: requireArray,
    norm: requireNorm,
  });
  const { axes = 3, norm = 'backward' } = options;
  requireSpectrum('irfftn', spectrum, axes);
  const { real, imag } = spectrum;
  const given = real.shape.slice(-axes);
  const outputSize = options.outputSize ?? given.with(-1, 2 * (given.at(-1)! - 1));
  requireSizes('irfftn', 'outputSize', outputSize, axes);
  const plane = outputSize.slice(-2) as [number, number];
  if (axes === 1) return irfft(spectrum, { length: plane[0], norm });
  if (axes === 2) return irfft2d(spectrum, { outputSize: plane, norm });
  const depthAxis = real.rank - 3;
  const depth = outputSize[0]!;
  return tidy(() => {
    const fitted = { real: resize(real, depthAxis, depth), imag: resize(imag, depthAxis, depth) };
    const factor = normFactor(norm, 'inverse', depth);
    const planes = complexAlongAxis(fitted, depthAxis, 'complexAdjoint', factor);
    return irfft2d(planes, { outputSize: plane, norm });
  });
}

/** Checks one size for each axis. Their product must fit into memory. */
function requireSizes(op: string, name: string, value: unknown, axes: number): void {
  requireNumbers(op, name, value, axes, requireSize);
  const count = (value as number[]).reduce((product, size) => product * size, 1);
  requireSize(op, `${name} (product of its sizes)`, count, 1, LARGEST_PLANE);
}
