import {
  type Checks,
  ConfigError,
  oneOf,
  requireOptions,
  requirePositive,
  requireSize,
  requireTensor,
  requireThreshold,
} from '@ds/checks';
import {
  mul,
  reshape,
  type Scalar,
  scalar,
  sub,
  type Tensor1D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { gaussianMask } from './gaussian-mask.js';
import { isWithin } from './mask-cut.js';
import { rampMask } from './ramp.js';
import { sigmoidMask } from './sigmoid-mask.js';

/** The form of a size mask. */
export type MaskForm = 'gaussian' | 'sigmoid' | 'ramp';

/** Options of {@link sizeMask}. */
export interface SizeMaskOptions {
  /** `'gaussian'` is centred. `'sigmoid'` and `'ramp'` begin at the first element. */
  form: MaskForm;
  /** T of the Gaussian and the sigmoid. Default 0.1. */
  threshold?: number;
  /** τ of the sigmoid, in elements. Default 1. */
  temperature?: number;
  /** R > 0 of the ramp, in elements. Default 1. */
  smoothness?: number;
}

/** The checks of {@link SizeMaskOptions}. */
const CHECKS: Checks<SizeMaskOptions> = {
  form: oneOf('gaussian', 'sigmoid', 'ramp'),
  threshold: requireThreshold,
  temperature: requirePositive,
  smoothness: requirePositive,
};

/**
 * A differentiable mask over an axis whose size is learned: the taps of a kernel, the channels of a
 * layer, or the blocks of a network (DNArch, Romero & Zeghidour 2023). The size s counts elements
 * and is a real number. Each element has an extent, the smallest size that keeps it:
 *
 *     centred:          e_i = |2i − (N − 1)|     {@link gaussianMask} of x = e_i/2
 *     from the first:   e_i = i + ½              {@link sigmoidMask} of x = e_i
 *                                                {@link rampMask} of x = e_i, z = s − R
 *
 * Elements with e_i > s have mask 0, and {@link keptRange} crops them. So a centred axis keeps
 * 2⌊s/2⌋ + 1 elements if its length is odd, and 2⌊(s + 1)/2⌋ if it is even. An axis from the first
 * element keeps ⌊s + ½⌋. None keeps more than its length.
 *
 * Shapes: size a scalar > 0, in elements → `[length]`. Differentiable in size.
 *
 * @throws ConfigError if length is not an integer ≥ 1, size is not a float32 scalar, the form is
 *   unknown, or another option is out of its range.
 */
export function sizeMask(length: number, size: Scalar, options: SizeMaskOptions): Tensor1D {
  requireSize('sizeMask', 'length', length);
  requireTensor('sizeMask', 'size', size);
  if (size.size !== 1) {
    throw new ConfigError(`sizeMask: size must be a scalar, got shape [${size.shape}]`);
  }
  requireOptions<SizeMaskOptions>('sizeMask', 'options', options, CHECKS, ['form']);
  const { form, threshold, temperature, smoothness = 1 } = options;
  return tidy(() => {
    const s = reshape(size, []) as Scalar;
    const extents = tensor1d(extentsOf(length, form));
    if (form === 'gaussian') {
      return gaussianMask(mul(extents, scalar(0.5)), s, threshold) as Tensor1D;
    }
    if (form === 'sigmoid') {
      const given = { ...(threshold && { threshold }), ...(temperature && { temperature }) };
      return sigmoidMask(extents, s, given) as Tensor1D;
    }
    const ramp = rampMask(extents, sub(s, scalar(smoothness)), smoothness);
    return mul(ramp, isWithin(extents, s)) as Tensor1D;
  });
}

/**
 * The range [start, end) of the elements that a {@link sizeMask} keeps, from numbers on the host.
 * It is empty for a size below every extent. Reads no tensor.
 *
 * @throws ConfigError if length is not an integer ≥ 1, size is not positive, or the form is
 *   unknown.
 */
export function keptRange(length: number, size: number, form: MaskForm): [number, number] {
  requireSize('keptRange', 'length', length);
  requirePositive('keptRange', 'size', size);
  CHECKS.form('keptRange', 'form', form);
  const s = Math.fround(size);
  const extents = extentsOf(length, form);
  const start = extents.findIndex((extent) => extent <= s);
  if (start < 0) return [0, 0];
  return [start, extents.findLastIndex((extent) => extent <= s) + 1];
}

/** The smallest size that keeps each element. */
function extentsOf(length: number, form: MaskForm): number[] {
  return Array.from({ length }, (_, i) =>
    form === 'gaussian' ? Math.abs(2 * i - (length - 1)) : i + 0.5,
  );
}
