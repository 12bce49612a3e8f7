import {
  concat,
  engine,
  type GradFunc,
  getBackend,
  getGradient,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { KeptBand } from './kept-band.js';
import type { PoolingMatrices } from './spectral-matrices.js';

/** Channels below which a product over pixels apart is slower than one over rows turned round. */
export const FEW_CHANNELS = 8;

/** Whether the backend brings kernels named Resample, as `@ds/backend` does on wasm, for images of this form. */
export function hasResampleKernel(x: Tensor4D): boolean {
  return x.shape[3] >= FEW_CHANNELS && getKernel('Resample', getBackend()) !== undefined;
}

/**
 * `y = rows · x · columnsᵀ − skew.synthesis · (skew.analysis · x · skew.columnsᵀ)` in one pass over the images.
 * Differentiable in x and, the constant skew.analysis apart, in the matrices.
 *
 * With `isSymmetric`, rows and columns have the symmetry `a[−i, −p] = a[i, p]` (indices modulo the sides) of every matrix that
 * filters without a shift, skew.columns its opposite: it halves the work. What comes back for the matrices is then
 * the part of the gradient that has their symmetry.
 */
export function resampleByKernel(
  x: Tensor4D,
  { rows, columns, skew }: PoolingMatrices,
  isSymmetric: boolean,
): Tensor4D {
  requireGradient();
  return tidy(() => {
    const learned = skew ? [rows, columns, skew.synthesis, skew.columns] : [rows, columns];
    const matrices = concat(learned.map((matrix: Tensor2D) => reshape(matrix, [-1]) as Tensor1D));
    // A list, since tfjs saves all inputs of a kernel only for lists.
    const inputs = skew ? [x, matrices, skew.analysis] : [x, matrices];
    const attrs = { rows: rows.shape, columns: columns.shape, isSymmetric };
    return engine().runKernel(
      'Resample',
      inputs as unknown as NamedTensorMap,
      attrs as unknown as NamedAttrMap,
    ) as Tensor4D;
  });
}

/**
 * A learned pooling whose strides a backend makes matrices of in one kernel, DiffStrideMatrices, as `@ds/backend` does on WebGPU; `null` without
 * one. `about` is everything but the strides' values.
 */
export function poolByStrideKernel(
  x: Tensor4D,
  strides: Tensor1D,
  about: { rows: KeptBand; columns: KeptBand } & Record<string, unknown>,
): Tensor4D | null {
  if (!hasResampleKernel(x) || !getKernel('DiffStrideMatrices', getBackend())) return null;
  requireGradient();
  const shape = ({ outputSize, inputSize }: KeptBand) => [outputSize, inputSize];
  const attrs = { rows: shape(about.rows), columns: shape(about.columns), isDense: true };
  return tidy(() => {
    const matrices = engine().runKernel('DiffStrideMatrices', { strides }, about as never);
    return engine().runKernel('Resample', [x, matrices] as never, attrs) as Tensor4D;
  });
}

/** A gradient that is computed only if it is asked for, unlike that of a `customGrad`. */
function requireGradient(): void {
  if (getGradient('Resample')) return;
  registerGradient({
    kernelName: 'Resample',
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const [x, matrices, analysis] = saved as [Tensor, Tensor, Tensor?];
      const operands: NamedTensorMap = analysis ? { matrices, analysis } : { matrices };
      const run = (kernel: string, inputs: NamedTensorMap) =>
        engine().runKernel(kernel, { ...inputs, ...operands }, attrs) as Tensor;
      const gradients = [
        () => run('ResampleInputGrad', { dy: dy as Tensor }),
        () => run('ResampleMatrixGrad', { x, dy: dy as Tensor }),
        () => {
          throw new Error('resampleByKernel: skew.analysis must be constant, got a variable');
        },
      ];
      return gradients.slice(0, saved.length) as unknown as ReturnType<GradFunc>;
    },
  });
}
