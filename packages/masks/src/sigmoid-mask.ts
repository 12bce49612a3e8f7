import {
  type Checks,
  requireNumber,
  requireOptions,
  requirePositive,
  requireTensor,
  requireThreshold,
} from '@ds/checks';
import { div, mul, scalar, sigmoid, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { isWithin, requireMaskSize, THRESHOLD } from './mask-cut.js';

/** Options of {@link sigmoidMask}. */
export interface SigmoidMaskOptions {
  /** τ > 0: the width of the descent, in the units of the positions. Default 1. */
  temperature?: number;
  /** T in (0, 1): the value below which the mask is cut to 0. Default 0.1, as published. */
  threshold?: number;
}

const CHECKS: Checks<SigmoidMaskOptions> = {
  temperature: requirePositive,
  threshold: requireThreshold,
};

/**
 * The sigmoid mask of DNArch (Romero & Zeghidour 2023), for learned numbers of channels and blocks:
 *
 *     m(x) = 1 / (1 + e^{(x − μ)/τ}) if x ≤ s, else 0,   μ = s − τ ln(1/T − 1)
 *
 * It falls from almost 1 to the threshold T at the size s. The gradient is that of the kept values.
 * The cut itself has none.
 *
 * The paper learns the offset μ over positions in [0, 1]. Here the size s is the parameter, in the
 * units of x. They differ by a constant, see {@link sigmoidOffset}. The comparison with s decides
 * what is kept, so every backend keeps the same values.
 *
 * Shapes: positions x ≥ 0 of any shape; size > 0, a number or a tensor that broadcasts against them
 * → their broadcast shape. Differentiable in both.
 *
 * @throws ConfigError if positions or a tensor of sizes are not float32, their shapes do not
 *   broadcast, a number given as size or temperature is not positive, or threshold is not in
 *   (0, 1).
 */
export function sigmoidMask(
  positions: Tensor,
  size: Tensor | number,
  options: SigmoidMaskOptions = {},
): Tensor {
  requireTensor('sigmoidMask', 'positions', positions);
  requireMaskSize('sigmoidMask', size, 'positions', positions);
  requireOptions<SigmoidMaskOptions>('sigmoidMask', 'options', options, CHECKS);
  const { temperature = 1 } = options;
  return tidy(() => {
    const offset = sub(size, scalar(tailOf(options)));
    const descent = sigmoid(div(sub(offset, positions), scalar(temperature)));
    return mul(descent, isWithin(positions, size));
  });
}

/**
 * The offset of a {@link sigmoidMask} of a size, where its value is ½: `μ = s − τ ln(1/T − 1)`.
 *
 * @throws ConfigError if size or temperature is not positive, or threshold is not in (0, 1).
 */
export function sigmoidOffset(size: number, options: SigmoidMaskOptions = {}): number {
  requirePositive('sigmoidOffset', 'size', size);
  requireOptions<SigmoidMaskOptions>('sigmoidOffset', 'options', options, CHECKS);
  return size - tailOf(options);
}

/**
 * The size of a {@link sigmoidMask} of an offset: `s = μ + τ ln(1/T − 1)`.
 *
 * @throws ConfigError if offset is not a finite number, temperature is not positive, or threshold
 *   is not in (0, 1).
 */
export function sigmoidSize(offset: number, options: SigmoidMaskOptions = {}): number {
  requireNumber('sigmoidSize', 'offset', offset);
  requireOptions<SigmoidMaskOptions>('sigmoidSize', 'options', options, CHECKS);
  return offset + tailOf(options);
}

/** The distance from the offset to the cut, τ ln(1/T − 1). */
function tailOf({ temperature = 1, threshold = THRESHOLD }: SigmoidMaskOptions): number {
  return temperature * Math.log(1 / threshold - 1);
}
