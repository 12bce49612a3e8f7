import {
  complex,
  concat,
  customGrad,
  imag,
  matMul,
  mul,
  pad,
  real,
  reshape,
  scalar,
  slice,
  spectral,
  split,
  type Tensor,
  type Tensor2D,
  tensor2d,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * The four linear maps that every transform on a GPU is made of, on the last axis, without factors.
 * A complex vector of m values is packed as 2m reals, all real parts first.
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

/** Above this length a matrix would be larger than what it multiplies: tfjs's own transform is taken, which reads nothing back either. */
const LONGEST_MATRIX = 1024;

/** Applies one of the maps to the last axis of `x`; the gradient is the transposed map. */
export function dft(x: Tensor, kind: DftKind, length: number): Tensor {
  const op = customGrad((input) => {
    const value =
      length <= LONGEST_MATRIX
        ? asMatrix(input as Tensor, kind, length)
        : bySpectralOps(input as Tensor, kind, length);
    return { value, gradFunc: (dy: Tensor) => dft(dy, ADJOINT[kind], length) };
  });
  return op(x);
}

/** Number of reals the map reads and writes for each row. */
function widths(kind: DftKind, length: number): { from: number; to: number } {
  const packed = 2 * (Math.floor(length / 2) + 1);
  if (kind === 'real') return { from: length, to: packed };
  if (kind === 'realAdjoint') return { from: packed, to: length };
  return { from: 2 * length, to: 2 * length };
}

/** The maps as one dense product. */
export function asMatrix(x: Tensor, kind: DftKind, length: number): Tensor {
  const { from, to } = widths(kind, length);
  return tidy(() => {
    const rows = reshape(x, [x.size / from, from]) as Tensor2D;
    const product = matMul(rows, dftMatrix(kind, length), false, isAdjoint(kind));
    return reshape(product, [...x.shape.slice(0, -1), to]);
  });
}

/** The maps by tfjs's complex transforms, whose gradients are not needed here. */
export function bySpectralOps(x: Tensor, kind: DftKind, length: number): Tensor {
  const { from } = widths(kind, length);
  return tidy(() => {
    const rows = reshape(x, [x.size / from, from]) as Tensor2D;
    const count = rows.shape[0];
    const halves = () => split(rows, 2, 1) as [Tensor2D, Tensor2D];
    const packed = (z: Tensor) => concat([real(z), imag(z)], 1);
    // The factor comes on real numbers: a complex product with a scalar is not a number everywhere.
    const unnormalised = (z: Tensor) => mul(z, scalar(length));
    const value = () => {
      switch (kind) {
        case 'real': {
          const bins = Math.floor(length / 2) + 1;
          const z = spectral.fft(complex(rows, zerosLike(rows)));
          const part = (whole: Tensor) => slice(whole, [0, 0], [count, bins]);
          return concat([part(real(z)), part(imag(z))], 1);
        }
        case 'realAdjoint': {
          const [re, im] = halves();
          const filled = (half: Tensor2D) =>
            pad(half, [
              [0, 0],
              [0, length - half.shape[1]],
            ]);
          return unnormalised(real(spectral.ifft(complex(filled(re), filled(im)))));
        }
        case 'complex':
          return packed(spectral.fft(complex(...halves())));
        case 'complexAdjoint':
          return unnormalised(packed(spectral.ifft(complex(...halves()))));
      }
    };
    return reshape(value(), [...x.shape.slice(0, -1), widths(kind, length).to]);
  });
}

function isAdjoint(kind: DftKind): boolean {
  return kind === 'realAdjoint' || kind === 'complexAdjoint';
}

/** The matrix M of `y = x M` for the forward map of the kind's pair. */
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
