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
 * Clips to `min(max(x, lower), upper)`. NaN stays NaN on every backend. The op reads no value on
 * the host. The gradient passes inside and at both ends, even if the ends are equal. It is 0
 * strictly outside.
 *
 * tfjs's `clipByValue` differs in two ways (4.22). On wasm it turns NaN into the lower end. With
 * equal ends it is a constant without a gradient.
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
      // The tensor is the first argument of `maximum` and `minimum`: the wasm kernels of tfjs lose
      // a NaN in the second.
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
  // Flatten first: the wasm kernels of tfjs broadcast a scalar to at most six axes.
  return tidy(() => reshape(op(reshape(x, [x.size])), x.shape) as T);
}
