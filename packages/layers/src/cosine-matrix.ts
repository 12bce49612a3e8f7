import { type MaskedMatrix, untaped } from '@ds/kernels';
import {
  gather,
  matMul,
  mul,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Norm } from './spectral-matrices.js';
import { axisFactor } from './spectral-waves.js';

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
    const { synthesis, analysis } = wavesOf(axis, allOf(axis), norm);
    const masked = mask ? (mul(synthesis, mask) as Tensor2D) : synthesis;
    return matMul(masked, analysis);
  });
}

/**
 * {@link cosineMatrix} with a gradient in some masks only: in `learned`, the masks of the
 * coefficients in the list `onRamp`, or at these places on the device. `mask` has the values of
 * all.
 */
export function maskedCosineMatrix(
  axis: CosineAxis,
  mask: Tensor1D,
  onRamp: readonly number[] | Tensor1D,
  learned: Tensor1D,
  norm: Norm,
): MaskedMatrix {
  const value = untaped(() => cosineMatrix(axis, mask, norm));
  if ('dataId' in onRamp) {
    const waves = (places?: Tensor1D) => {
      const { synthesis, analysis } = wavesOf(axis, allOf(axis), norm);
      return { synthesis: gather(synthesis, places!, 1), analysis: gather(analysis, places!) };
    };
    return { shape: value.shape, value, ramp: { mask: learned, places: onRamp, waves } };
  }
  const waves = () => wavesOf(axis, onRamp, norm);
  return { shape: value.shape, value, ramp: { mask: learned, waves } };
}

function allOf({ coefficients }: CosineAxis): number[] {
  return Array.from({ length: coefficients }, (_, k) => k);
}

/** The waves of some coefficients, `[outputSize, count]` and `[count, inputSize]`. */
function wavesOf(
  axis: CosineAxis,
  coefficients: readonly number[],
  norm: Norm,
): { synthesis: Tensor2D; analysis: Tensor2D } {
  const factor = axisFactor(axis, norm);
  const scale = (k: number) => (k === 0 ? factor : 2 * factor);
  return {
    synthesis: waves(axis.outputSize, coefficients, scale),
    analysis: tidy(() => transpose(waves(axis.inputSize, coefficients, () => 1))),
  };
}

/** `scale(k) · cos(π k (2i + 1) / (2n))`, shape `[size, count]`. */
function waves(
  size: number,
  coefficients: readonly number[],
  scale: (k: number) => number,
): Tensor2D {
  const turn = Float64Array.from({ length: 4 * size }, (_, step) =>
    Math.cos((Math.PI * step) / (2 * size)),
  );
  const count = coefficients.length;
  const values = new Float32Array(size * count);
  coefficients.forEach((k, at) => {
    const factor = scale(k);
    for (let i = 0; i < size; i++) {
      values[i * count + at] = factor * turn[(k * (2 * i + 1)) % (4 * size)]!;
    }
  });
  return tensor2d(values, [size, count]);
}
