import { integerIn, requireNumbers, requireTensor } from '@ds/checks';
import { clone, concat, slice, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * Moves the zero frequency to the middle: element 0 of each axis of length n goes to floor(n/2).
 * Shapes: x any shape → the same. `axes` default to all. Differentiable.
 *
 * @throws ConfigError if an axis is outside the tensor's rank.
 */
export function fftshift(x: Tensor, axes?: number | number[]): Tensor {
  return roll('fftshift', x, axes, (n) => Math.ceil(n / 2));
}

/**
 * The inverse of {@link fftshift}; the two differ for odd lengths.
 *
 * @throws ConfigError if an axis is outside the tensor's rank.
 */
export function ifftshift(x: Tensor, axes?: number | number[]): Tensor {
  return roll('ifftshift', x, axes, (n) => Math.floor(n / 2));
}

/** Splits each axis at `cutAt(n)` and swaps the two parts. */
function roll(
  op: string,
  x: Tensor,
  axes: number | number[] | undefined,
  cutAt: (n: number) => number,
): Tensor {
  requireTensor(op, 'x', x, { dtype: 'any' });
  if (axes !== undefined) {
    const within = integerIn(-x.rank, x.rank - 1);
    if (Array.isArray(axes)) requireNumbers(op, 'axes', axes, undefined, within);
    else within(op, 'axes', axes);
  }
  const list = axes === undefined ? x.shape.map((_, at) => at) : [axes].flat();
  return tidy(() => {
    let result = clone(x);
    for (const given of list) {
      const axis = given < 0 ? given + x.rank : given;
      const length = x.shape[axis]!;
      const cut = cutAt(length);
      if (cut === 0 || cut === length) continue;
      const begin = x.shape.map(() => 0);
      const head = x.shape.slice();
      head[axis] = cut;
      const tail = x.shape.slice();
      tail[axis] = length - cut;
      const tailBegin = begin.slice();
      tailBegin[axis] = cut;
      result = concat([slice(result, tailBegin, tail), slice(result, begin, head)], axis);
    }
    return result;
  });
}
