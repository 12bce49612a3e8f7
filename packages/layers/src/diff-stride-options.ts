import { type Check, type Checks, numberIn, oneOf, refuse, requireBoolean } from '@ds/checks';
import type { Alignment } from '@ds/masks/ops';
import { checkDataFormat, type DataFormat } from './data-format.js';
import type { StrideLimits } from './effective-strides.js';
import { checkNorm, type Norm } from './spectral-matrices.js';
import { checkPath, type SpectralPath } from './spectral-path.js';
import { SMALLEST_STRIDE } from './stride-growth.js';
import { isFloat32, requireSides } from './stride-values.js';

/** Options of `diffStride`. */
export interface DiffStrideOptions extends StrideLimits {
  /** Width R of the mask's ramp, in frequency bins. 0 is a hard crop. Default 4. */
  smoothness?: number;
  /** Whether to crop to the kept frequencies. If false, only a low-pass filter. Default true. */
  cropping?: boolean;
  /** Row mask: `'published'` (default) as in the published code, `'symmetric'` as in eq. 3. */
  alignment?: Alignment;
  /** Scale of the transform pair. Default `'ortho'`, the paper's. Published code: `'backward'`. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
  /**
   * Output [height, width], for backends that cannot read the strides synchronously. It sets the
   * size only. Strides below 1 with the output size of stride 1 keep the form of stride 1's mask.
   * An `outputSize` above that of stride 1 takes strides ≥ 1 as 1. Without cropping it must be the
   * size at stride 1, [H, 2·floor(W/2)].
   */
  outputSize?: [number, number];
  /** Algorithm: `'auto'` (default, see `spectralPath`), `'matrices'` or `'fft'`. */
  path?: 'auto' | SpectralPath;
}

/** {@link DiffStrideOptions} for images of any rank. */
export interface DiffStrideOfAxes extends Omit<DiffStrideOptions, 'outputSize'> {
  outputSize?: number[];
}

/** Strides on the host, one for each axis, for the output size only. They may be old. */
export interface KnownStrides {
  values: number[];
  isExact: boolean;
}

const checkAlignment = oneOf('published', 'symmetric');

/** The check of a lower limit of strides. `least` is the smallest one allowed. */
export function checkLowerLimit(least: number): Check {
  return (op, name, limit) => {
    if (!Number.isFinite(limit) || (limit as number) < least) {
      refuse(op, name, `be >= ${least}`, limit);
    }
    if (!isFloat32(limit as number)) refuse(op, name, 'be finite in float32', limit);
  };
}

/**
 * The checks of {@link DiffStrideOptions}. `requireLimits` checks the upper limit,
 * which may be ∞.
 */
export const DIFF_STRIDE_CHECKS: Checks<DiffStrideOptions> = {
  smoothness: numberIn(0),
  cropping: requireBoolean,
  alignment: checkAlignment,
  norm: checkNorm,
  dataFormat: checkDataFormat,
  outputSize: requireSides,
  path: checkPath,
  lowerLimit: checkLowerLimit(SMALLEST_STRIDE),
  upperLimit: () => {},
};

export function requireLimits(op: string, { lowerLimit = 1, upperLimit }: StrideLimits): void {
  if (upperLimit === undefined) return;
  if (typeof upperLimit !== 'number' || !(upperLimit >= lowerLimit)) {
    refuse(op, 'upperLimit', `be >= lowerLimit (${lowerLimit})`, upperLimit);
  }
}
