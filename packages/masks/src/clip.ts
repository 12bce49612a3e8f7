import { ConfigError, describe, requireTensor } from '@ds/checks';
import {
  clipByValue,
  customGrad,
  getBackend,
  greaterEqual,
  lessEqual,
  logicalAnd,
  maximum,
  minimum,
  reshape,
  scalar,
  type Tensor,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * Clips to `min(max(x, lower), upper)`. NaN stays NaN on every backend. It reads no value on the
 * host. The gradient passes inside
 * and at both ends, also where the ends are equal. Strictly outside it is zero.
 *
 * tfjs's `clipByValue` differs in two ways (4.22): on wasm it turns NaN into the lower end, and
 * with equal ends it is a constant without a gradient.
 *
 * Shapes: any → the same.
 *
 * @throws ConfigError if x is not a float32 tensor without empty axes, or the ends are not numbers
 *   with lower <= upper.
 */
export function clip<T extends Tensor>(x: T, lower: number, upper: number): T {
  requireTensor('clip', 'x', x);
  const areNumbers = typeof lower === 'number' && typeof upper === 'number';
  if (!areNumbers || !(lower <= upper)) {
    const got = `${describe(lower)} and ${describe(upper)}`;
    throw new ConfigError(`clip: lower must be <= upper, got ${got}`);
  }
  const op = customGrad((...args) => {
    const [given, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
    save([given]);
    return {
      // In `maximum` and `minimum` the tensor comes first: tfjs's wasm kernels lose a NaN that
      // comes second.
      value:
        lower === upper || getBackend() === 'wasm'
          ? minimum(maximum(given, scalar(lower)), scalar(upper))
          : clipByValue(given, lower, upper),
      gradFunc: (dy, [saved]) =>
        where(
          logicalAnd(greaterEqual(saved!, scalar(lower)), lessEqual(saved!, scalar(upper))),
          dy as Tensor,
          zerosLike(dy as Tensor),
        ),
    };
  });
  // As a line, since tfjs's wasm kernels stretch a scalar to six axes at most.
  return tidy(() => reshape(op(reshape(x, [x.size])), x.shape) as T);
}
