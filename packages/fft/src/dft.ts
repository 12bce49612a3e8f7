import {
  customGrad,
  getBackend,
  matMul,
  reshape,
  type Tensor,
  type Tensor2D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { ComplexFft } from './complex-fft.js';
import { RealFft } from './plan.js';

/**
 * The four linear maps that every transform here is made of, on the last axis, without factors.
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

/** Backends whose tensors live in host memory, where reading one costs a copy and no stall. */
const HOST_BACKENDS = new Set(['cpu', 'wasm', 'tensorflow']);

/** Applies one of the maps to the last axis of `x`; the gradient is the transposed map. */
export function dft(x: Tensor, kind: DftKind, length: number): Tensor {
  const op = customGrad((input) => {
    const value = HOST_BACKENDS.has(getBackend())
      ? onHost(input as Tensor, kind, length)
      : asMatrix(input as Tensor, kind, length);
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

function onHost(x: Tensor, kind: DftKind, length: number): Tensor {
  const { from, to } = widths(kind, length);
  const rows = x.size / from;
  const input = x.dataSync<'float32'>();
  const output = new Float32Array(rows * to);
  const transformRow = hostRow(kind, length);
  for (let row = 0; row < rows; row++) {
    transformRow(
      input.subarray(row * from, (row + 1) * from),
      output.subarray(row * to, (row + 1) * to),
    );
  }
  return reshape(tensor2d(output, [rows, to]), [...x.shape.slice(0, -1), to]);
}

type RowTransform = (input: Float32Array, output: Float32Array) => void;

function hostRow(kind: DftKind, length: number): RowTransform {
  if (kind === 'complex' || kind === 'complexAdjoint') {
    const plan = new ComplexFft(length);
    const scratch = new Float64Array(2 * length);
    return (input, output) => {
      for (let t = 0; t < length; t++) {
        scratch[2 * t] = input[t]!;
        scratch[2 * t + 1] = input[length + t]!;
      }
      plan.transform(scratch, kind === 'complex' ? 'forward' : 'inverse');
      for (let k = 0; k < length; k++) {
        output[k] = scratch[2 * k]!;
        output[length + k] = scratch[2 * k + 1]!;
      }
    };
  }
  const plan = new RealFft(length);
  const { bins } = plan;
  const spectrum = { real: new Float64Array(bins), imag: new Float64Array(bins) };
  if (kind === 'real') {
    return (input, output) => {
      plan.forward(input, spectrum);
      output.set(spectrum.real, 0);
      output.set(spectrum.imag, bins);
    };
  }
  const signal = new Float64Array(length);
  return (input, output) => {
    // The transpose reads each bin once, the inverse DFT counts a bin and its mirror: halve those.
    for (let k = 0; k < bins; k++) {
      const weight = k === 0 || 2 * k === length ? length : length / 2;
      spectrum.real[k] = weight * input[k]!;
      spectrum.imag[k] = weight * input[bins + k]!;
    }
    output.set(plan.inverse(spectrum, signal));
  };
}

/** The same maps as one dense product, for backends that should not read tensors back. */
export function asMatrix(x: Tensor, kind: DftKind, length: number): Tensor {
  const { from, to } = widths(kind, length);
  return tidy(() => {
    const rows = reshape(x, [x.size / from, from]) as Tensor2D;
    const product = matMul(rows, dftMatrix(kind, length), false, isAdjoint(kind));
    return reshape(product, [...x.shape.slice(0, -1), to]);
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
