import { irfft2d, type Norm, rfft2d } from '@ds/fft';
import {
  concat,
  mul,
  reshape,
  slice,
  type Tensor,
  type Tensor1D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';

/**
 * The definition of spectral pooling in the papers, as the reference of these tests:
 * `irfft2(crop(mask · rfft2(x)))` on every channel plane, differentiable through `@ds/fft`.
 * `rows` and `columns` are the kept indices, `size` is the output size.
 */
export function fftChain(
  x: Tensor,
  masks: { rows: Tensor1D; columns: Tensor1D } | null,
  kept: { rows: number[]; columns: number[] },
  size: [number, number],
  norm: Norm,
): Tensor {
  return tidy(() => {
    const spectrum = rfft2d(transpose(x, [0, 3, 1, 2]), { norm });
    const masked = (part: Tensor) => {
      if (!masks) return part;
      const rows = reshape(masks.rows, [masks.rows.size, 1]);
      return mul(mul(part, rows), masks.columns);
    };
    const cropped = (part: Tensor) => take(take(masked(part), 2, kept.rows), 3, kept.columns);
    const pooled = irfft2d(
      { real: cropped(spectrum.real), imag: cropped(spectrum.imag) },
      { outputSize: size, norm },
    );
    return transpose(pooled, [0, 2, 3, 1]);
  });
}

/** Indices along one axis, by slices: `gather` has no gradient on every backend. */
function take(x: Tensor, axis: number, indices: number[]): Tensor {
  const size = x.shape.slice();
  size[axis] = 1;
  const parts = indices.map((index) => {
    const begin = x.shape.map(() => 0);
    begin[axis] = index;
    return slice(x, begin, size);
  });
  return concat(parts, axis);
}
