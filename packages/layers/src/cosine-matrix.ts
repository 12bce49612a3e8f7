import { matMul, mul, type Tensor1D, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { axisFactor, type Norm } from './spectral-matrices.js';

/** An axis that is cropped in the cosine domain. */
export interface CosineAxis {
  inputSize: number;
  outputSize: number;
  /** The number of coefficients that are not certainly 0, at most `outputSize`. */
  coefficients: number;
}

/**
 * DCT-II, mask, crop and inverse DCT along one axis, as one matrix from N to M pixels:
 *
 * `P[i, p] = α Σ_k g_k m_k cos(π k (2i + 1) / (2M)) cos(π k (2p + 1) / (2N))`
 *
 * with k = 0 … coefficients − 1, g_0 = 1, g_k = 2, and α = 1/M (`'backward'`), 1/√(MN) (`'ortho'`)
 * or 1/N (`'forward'`, which keeps means). A mask `null` is 1 everywhere.
 *
 * Shapes: mask `[coefficients]` → `[outputSize, inputSize]`. Differentiable in the mask.
 */
export function cosineMatrix(axis: CosineAxis, mask: Tensor1D | null, norm: Norm): Tensor2D {
  return tidy(() => {
    const { inputSize, outputSize, coefficients } = axis;
    const factor = axisFactor(axis, norm);
    const synthesis = waves(outputSize, coefficients, (k) => (k === 0 ? factor : 2 * factor));
    const analysis = waves(inputSize, coefficients, () => 1);
    const masked = mask ? (mul(synthesis, mask) as Tensor2D) : synthesis;
    return matMul(masked, analysis, false, true);
  });
}

/** `scale(k) · cos(π k (2i + 1) / (2n))`, shape `[size, count]`. */
function waves(size: number, count: number, scale: (k: number) => number): Tensor2D {
  const turn = Float64Array.from({ length: 4 * size }, (_, step) =>
    Math.cos((Math.PI * step) / (2 * size)),
  );
  const values = new Float32Array(size * count);
  for (let k = 0; k < count; k++) {
    const factor = scale(k);
    for (let i = 0; i < size; i++) {
      values[i * count + k] = factor * turn[(k * (2 * i + 1)) % (4 * size)]!;
    }
  }
  return tensor2d(values, [size, count]);
}
