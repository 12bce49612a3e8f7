import {
  concat,
  customGrad,
  matMul,
  mul,
  neg,
  pad,
  reshape,
  scalar,
  slice,
  split,
  type Tensor,
  type Tensor2D,
  tensor2d,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { LONGEST_MATRIX, longDft, type Parts } from './long-dft.js';

/**
 * The four linear maps from which every transform on a GPU is built. They act on the last axis and
 * have no scale factor. A complex vector of m values is packed as 2m reals, all real parts first.
 *
 * - `real`: R^n → R^{2b}, b = floor(n/2)+1, the half-spectrum of a real signal;
 * - `realAdjoint`: its transpose, R^{2b} → R^n;
 * - `complex`: R^{2n} → R^{2n}, the complex DFT;
 * - `complexAdjoint`: its transpose, the unnormalised inverse DFT.
 */
export type DftKind = 'real' | 'realAdjoint' | 'complex' | 'complexAdjoint';

const ADJOINT: Record<DftKind, DftKind> = {
  real: 'realAdjoint',
  realAdjoint: 'real',
  complex: 'complexAdjoint',
  complexAdjoint: 'complex',
};

/**
 * Applies one of the maps to the last axis of `x` and multiplies by a factor. The gradient is the
 * transposed map, times the same factor. tfjs's own transform is not used: it loses half of the
 * digits on a GPU. The factor is applied before the sums, so a sum overflows only if the result
 * does.
 */
export function dft(x: Tensor, kind: DftKind, length: number, factor = 1): Tensor {
  const op = customGrad((input) => {
    const given = factor === 1 ? (input as Tensor) : mul(input as Tensor, scalar(factor));
    const value =
      length <= LONGEST_MATRIX ? asMatrix(given, kind, length) : byFactors(given, kind, length);
    return { value, gradFunc: (dy: Tensor) => dft(dy, ADJOINT[kind], length, factor) };
  });
  return tidy(() => op(x));
}

/** The number of reals that the map reads and writes per row. */
function widths(kind: DftKind, length: number): { from: number; to: number } {
  const packed = 2 * (Math.floor(length / 2) + 1);
  if (kind === 'real') return { from: length, to: packed };
  if (kind === 'realAdjoint') return { from: packed, to: length };
  return { from: 2 * length, to: 2 * length };
}

/** Applies a map as one dense matrix product. */
export function asMatrix(x: Tensor, kind: DftKind, length: number): Tensor {
  const { from, to } = widths(kind, length);
  return tidy(() => {
    const rows = reshape(x, [x.size / from, from]) as Tensor2D;
    const product = matMul(rows, dftMatrix(kind, length), false, isAdjoint(kind));
    return reshape(product, [...x.shape.slice(0, -1), to]);
  });
}

/** Applies a map by transforms of smaller lengths. */
export function byFactors(x: Tensor, kind: DftKind, length: number): Tensor {
  const { from, to } = widths(kind, length);
  return tidy(() => {
    const rows = reshape(x, [x.size / from, from]) as Tensor2D;
    const value = () => {
      switch (kind) {
        case 'real': {
          const bins = Math.floor(length / 2) + 1;
          const parts = longDft([rows, zerosLike(rows)], length);
          return concat(
            parts.map((part) => slice(part, [0, 0], [-1, bins])),
            1,
          );
        }
        case 'realAdjoint': {
          const filled = split(rows, 2, 1).map((half) =>
            pad(half, [
              [0, 0],
              [0, length - half.shape[1]!],
            ]),
          ) as Parts;
          return adjoint(filled, length)[0];
        }
        case 'complex':
          return concat(longDft(split(rows, 2, 1) as Parts, length), 1);
        case 'complexAdjoint':
          return concat(adjoint(split(rows, 2, 1) as Parts, length), 1);
      }
    };
    return reshape(value(), [...x.shape.slice(0, -1), to]);
  });
}

/** The adjoint DFT: conjugate, forward transform, conjugate. */
function adjoint([re, im]: Parts, length: number): Parts {
  const [real, imaginary] = longDft([re, neg(im)], length);
  return [real, neg(imaginary)];
}

function isAdjoint(kind: DftKind): boolean {
  return kind === 'realAdjoint' || kind === 'complexAdjoint';
}

/** The matrix M of `y = x M`. An adjoint kind gets the matrix of its forward map. */
function dftMatrix(kind: DftKind, length: number): Tensor2D {
  const real = kind === 'real' || kind === 'realAdjoint';
  const bins = real ? Math.floor(length / 2) + 1 : length;
  const inputs = real ? length : 2 * length;
  const columns = 2 * bins;
  const values = new Float32Array(inputs * columns);
  for (let t = 0; t < length; t++) {
    for (let k = 0; k < bins; k++) {
      const angle = (2 * Math.PI * ((t * k) % length)) / length;
      const c = Math.cos(angle);
      const s = Math.sin(angle);
      values[t * columns + k] = c;
      values[t * columns + bins + k] = -s;
      if (!real) {
        values[(length + t) * columns + k] = s;
        values[(length + t) * columns + bins + k] = c;
      }
    }
  }
  return tensor2d(values, [inputs, columns]);
}
