import { refuse, requireFunction, requireNumber } from '@ds/checks';
import { mul, type Scalar, scalar, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { strideComplexity } from './stride-complexity.js';

/**
 * λ·J as a term to add to any loss: a function to call inside the differentiated one.
 *
 * `strides` gives the layers' strides in network order, afresh at each call, so that it follows the
 * variables (for a model of `@ds/models`: `strideVariables(model).map((s) => s.variable)`). It knows
 * no model. The paper sweeps λ from 0.1 to 10. With no strides, or λ = 0, the term is 0.
 *
 * @throws ConfigError if lambda is negative or not finite.
 */
export function complexityLoss(strides: () => Tensor1D[], lambda: number): () => Scalar {
  requireFunction('complexityLoss', 'strides', strides);
  requireNumber('complexityLoss', 'lambda', lambda, 0);
  return () =>
    tidy(() => {
      const list = strides();
      if (!Array.isArray(list)) refuse('complexityLoss', 'strides()', 'be a list', list);
      if (list.length === 0 || lambda === 0) return scalar(0);
      return mul(strideComplexity(list), scalar(lambda)) as Scalar;
    });
}
