import { refuse, requireFunction, requireNumber } from '@ds/checks';
import { mul, type Scalar, scalar, tidy } from '@tensorflow/tfjs-core';
import { type LayerStrides, strideComplexity } from './stride-complexity.js';

/**
 * The penalty λ·J of {@link strideComplexity}. Call the returned function inside the loss function
 * that is differentiated, and add its result to the loss.
 *
 * `strides` is called each time. It returns the current strides in network order, as
 * {@link strideComplexity} takes them. `strideVariables(model)` of `@ds/models` lists them once for
 * all calls. The paper sweeps λ from 0.1 to 10. Without strides the penalty is 0. With λ = 0 its
 * gradients are 0 too.
 *
 * @throws ConfigError if lambda is negative, or not finite in float32.
 */
export function complexityLoss(
  strides: () => readonly LayerStrides[],
  lambda: number,
): () => Scalar {
  requireFunction('complexityLoss', 'strides', strides);
  requireNumber('complexityLoss', 'lambda', lambda, 0);
  if (!Number.isFinite(Math.fround(lambda))) {
    refuse('complexityLoss', 'lambda', 'be finite in float32', lambda);
  }
  return () =>
    tidy(() => {
      const list = strides();
      if (!Array.isArray(list)) refuse('complexityLoss', 'strides()', 'be a list', list);
      if (list.length === 0) return scalar(0);
      return mul(strideComplexity(list), scalar(lambda)) as Scalar;
    });
}
