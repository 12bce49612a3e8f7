import {
  clone,
  matMul,
  mul,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.js';

/**
 * A matrix `A = B + Σ_k m_k s_k v_kᵀ`. Its only learned numbers are the few masks m_k on the ramp
 * of a mask. s_k is a wave of the output, v_k one of the input.
 */
export interface MaskedMatrix {
  shape: [number, number];
  /** A itself, without a gradient. */
  value: Tensor2D;
  /** The learned masks, or `null` if the matrix is constant. */
  ramp: MaskRamp | null;
}

/** The learned masks of a {@link MaskedMatrix}. */
export interface MaskRamp {
  /** m, shape [r]. */
  mask: Tensor1D;
  /**
   * The places of the waves among those that may be learned. Given if only the device knows which
   * of them are.
   */
  places?: Tensor1D;
  /** Makes the waves: s in columns, [outputs, r], and v in rows, [r, inputs]. */
  waves: (places?: Tensor1D) => RampWaves;
}

/** The waves of a {@link MaskRamp}. */
export interface RampWaves {
  synthesis: Tensor2D;
  analysis: Tensor2D;
}

/** A matrix along one axis. The gradient of a tensor is that of all its entries. */
export type AxisMatrix = Tensor2D | MaskedMatrix;

/** Multiplies the middle axis of `[batch, n, inner]` by a matrix `[m, n]`. */
type Multiply = (x: Tensor3D, matrix: Tensor2D) => Tensor3D;

/** Whether only some masks of a matrix have a gradient. */
export function isMasked(matrix: AxisMatrix): matrix is MaskedMatrix {
  return 'ramp' in matrix;
}

/**
 * Returns the entries of a matrix as a tensor. Their gradient G gives that of the masks,
 * `∂L/∂m_k = s_kᵀ · G · v_k`.
 */
export function entriesOf(matrix: AxisMatrix): Tensor2D {
  if (!isMasked(matrix)) return matrix;
  const { value, ramp } = matrix;
  if (!ramp) return value;
  return differentiable(
    { mask: ramp.mask },
    () => ({ value: clone(value), saved: placesOf(ramp) }),
    (upstream, { places }) => ({
      mask: tidy(() => {
        const { synthesis, analysis } = ramp.waves(places);
        return sum(mul(synthesis, matMul(upstream, analysis, false, true)), 0);
      }),
    }),
  );
}

/**
 * The multiply-adds of a matrix product that take as long as a product and a sum of two values,
 * elementwise, on tfjs's cpu and wasm backends.
 */
const ELEMENTWISE = 8;

/** Whether the gradient of r masks is cheaper from projections on their waves. */
export function areWavesCheaper(waves: number, [m, n]: readonly [number, number]): boolean {
  return waves * (m + n + ELEMENTWISE) < m * n;
}

/**
 * Multiplies by a matrix along the middle axis. The gradient of masks takes the cheaper way: from
 * that of all entries, m·n multiply-adds for each line, or from projections on the waves,
 *
 *     ∂L/∂m_k = Σ ⟨s_k, dy⟩ · ⟨v_k, x⟩,  r·(m + n) for each line, and r elementwise products.
 *
 * A constant matrix has no gradient, so the backward pass multiplies only by its transpose.
 */
export function multiplyAxis(x: Tensor3D, matrix: AxisMatrix, multiply: Multiply): Tensor3D {
  if (!isMasked(matrix)) return multiply(x, matrix);
  const { value, ramp, shape } = matrix;
  if (!ramp) return byConstant(x, value, multiply);
  if (!areWavesCheaper(ramp.mask.size, shape)) return multiply(x, entriesOf(matrix));
  return differentiable(
    { x, mask: ramp.mask },
    (given) => ({ value: multiply(given.x, value), saved: { ...given, value, ...placesOf(ramp) } }),
    (dy, saved) => ({
      x: tidy(() => multiplyAxis(dy, transposed(saved.value, { ...ramp, ...saved }), multiply)),
      mask: tidy(() => {
        const { synthesis, analysis } = ramp.waves(saved.places);
        const seen = multiply(saved.x, analysis);
        return summed(seen, multiply(dy, transpose(synthesis)));
      }),
    }),
  );
}

function placesOf({ places }: MaskRamp): { places?: Tensor1D } {
  return places ? { places } : {};
}

/**
 * Σ x ⊙ y over the first and the last of three axes. Two sums move no values, where tfjs would
 * transpose for one.
 */
export function summed(x: Tensor3D, y: Tensor3D): Tensor1D {
  return tidy(() => sum(sum(mul(x, y), 2), 0));
}

/** The transpose. It has the masks too, so the gradient in x has a gradient in the masks. */
function transposed(value: Tensor2D, { waves, ...ramp }: MaskRamp): MaskedMatrix {
  const [m, n] = value.shape;
  return {
    shape: [n, m],
    value: transpose(value),
    ramp: {
      ...ramp,
      waves: (places) => {
        const { synthesis, analysis } = waves(places);
        return { synthesis: transpose(analysis), analysis: transpose(synthesis) };
      },
    },
  };
}

function byConstant(x: Tensor3D, value: Tensor2D, multiply: Multiply): Tensor3D {
  return differentiable(
    { x },
    (given) => ({ value: multiply(given.x, value), saved: { value } }),
    (dy, saved) => ({ x: tidy(() => byConstant(dy, transpose(saved.value), multiply)) }),
  );
}
