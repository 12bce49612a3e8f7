import { HOST_BACKENDS } from '@ds/checks';
import {
  add,
  addN,
  cast,
  customGrad,
  equal,
  fill,
  getBackend,
  greater,
  isFinite as isFiniteTensor,
  isNaN as isNotANumber,
  matMul,
  neg,
  scalar,
  step,
  sum,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * `q · kᵀ` over batches. In the gradients an upstream value of 0, such as that of a masked score,
 * drops its factor, even if that is infinite or NaN.
 *
 * Shapes: `[batch, m, d]`, `[batch, n, d]` → `[batch, m, n]`. Call it inside a `tidy`.
 */
export function scoresOf(q: Tensor, k: Tensor): Tensor {
  const op = customGrad((...args) => {
    const [queries, keys, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([queries, keys]);
    return {
      value: matMul(queries, keys, false, true),
      gradFunc: (dy, saved) => [
        seenProduct(dy as Tensor, saved[1]!, false),
        seenProduct(dy as Tensor, saved[0]!, true),
      ],
    };
  });
  return op(q, k);
}

/**
 * `weights · values` over batches. A weight of 0 drops its value, even if that is infinite or NaN.
 * The gradients do the same. On a GPU it is the plain product, with 0·∞ = NaN, because checking the
 * values would wait for the device.
 *
 * Shapes: `[batch, m, n]`, `[batch, n, d]` → `[batch, m, d]`. Call it inside a `tidy`.
 */
export function mixOf(weights: Tensor, values: Tensor): Tensor {
  const op = customGrad((...args) => {
    const [parts, given, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([parts, given]);
    return {
      value: seenProduct(parts, given, false),
      gradFunc: (dy, saved) => {
        const [w, v] = saved as [Tensor, Tensor];
        const slopes = matMul(dy as Tensor, v, false, true);
        return [
          isOdd(v) ? where(equal(w, scalar(0)), zerosLike(slopes), slopes) : slopes,
          seenProduct(w, dy as Tensor, true),
        ];
      },
    };
  });
  return op(weights, values);
}

/** `a · b`, or `aᵀ · b`. A 0 in a drops its factor in b. */
function seenProduct(a: Tensor, b: Tensor, isTransposed: boolean): Tensor {
  if (!isOdd(b)) return matMul(a, b, isTransposed);
  const product = (x: Tensor, y: Tensor) => matMul(x, cast(y, 'float32'), isTransposed);
  const [up, down] = [step(a), step(neg(a))];
  const infinities = [1, -1].map((sign) => equal(b, scalar(sign * Number.POSITIVE_INFINITY)));
  const [plus, minus] = infinities as [Tensor, Tensor];
  const finite = product(a, where(isFiniteTensor(b), b, zerosLike(b)));
  const whereSeen = (counts: Tensor, value: number) =>
    where(greater(counts, scalar(0)), fill(counts.shape, value), zerosLike(counts));
  return addN([
    finite,
    whereSeen(add(product(up, plus), product(down, minus)), Number.POSITIVE_INFINITY),
    whereSeen(add(product(up, minus), product(down, plus)), Number.NEGATIVE_INFINITY),
    whereSeen(product(add(up, down), isNotANumber(b)), Number.NaN),
  ]);
}

/** Whether the sum of all values is not finite. It returns false on a GPU, to avoid a wait. */
function isOdd(x: Tensor): boolean {
  return HOST_BACKENDS.includes(getBackend()) && !Number.isFinite(sum(x).dataSync()[0]);
}
