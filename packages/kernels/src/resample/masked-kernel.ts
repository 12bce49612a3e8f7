import {
  concat,
  reshape,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.js';
import { leftMultiply } from '../left-multiply/left-multiply.js';
import { resampleInputGradientKernel, resampleKernel } from './contract.js';
import { type MaskedMatrix, type MaskRamp, summed } from './masked-matrix.js';

/** Both matrices of images. */
interface Both {
  rows: MaskedMatrix;
  columns: MaskedMatrix;
}

/**
 * Whether the gradient of the masks takes fewer multiply-adds from projections on their waves than
 * from all entries. A kernel does half of the products with symmetric matrices, but not with waves.
 * Constant matrices have no gradient, and need no projections.
 */
export function isProjectionCheaper({ rows, columns }: Both, isSymmetric: boolean): boolean {
  const [[h, H], [w, W]] = [rows.shape, columns.shape];
  const [ofRows, ofColumns] = [rows, columns].map(({ ramp }) => ramp?.mask.size ?? 0);
  if (ofRows === 0 && ofColumns === 0) return false;
  const projections = ofRows! * (H * W + W * w + h * w) + ofColumns! * (H * W + H * h + h * w);
  return projections < (h * w * W + h * H * W) * (isSymmetric ? 0.5 : 1);
}

/**
 * `y = rows · x · columnsᵀ` by the kernel. The gradient of the masks projects on their waves: with
 * the waves v and s of a mask of the rows, `∂L/∂m = Σ (s · dy) ⊙ (v · x · columnsᵀ)`, and alike for
 * the columns.
 */
export function resampleMaskedByKernel(
  x: Tensor4D,
  { rows, columns }: Both,
  isSymmetric: boolean,
): Tensor4D {
  const attributes = { rows: rows.shape, columns: columns.shape, isSymmetric };
  const ramps = { rows: rows.ramp, columns: columns.ramp };
  return differentiable(
    {
      x,
      ...(ramps.rows && { ofRows: ramps.rows.mask }),
      ...(ramps.columns && { ofColumns: ramps.columns.mask }),
    },
    (given) => ({
      value: resampleKernel.run(
        { x: given.x, matrices: packed(rows.value, columns.value) },
        attributes,
      ),
      saved: {
        x: given.x,
        rows: rows.value,
        columns: columns.value,
        ...(ramps.rows?.places && { rowPlaces: ramps.rows.places }),
        ...(ramps.columns?.places && { columnPlaces: ramps.columns.places }),
      },
    }),
    (dy, saved) => ({
      x: tidy(() =>
        resampleInputGradientKernel.run(
          { dy, matrices: packed(saved.rows, saved.columns) },
          attributes,
        ),
      ),
      ...(ramps.rows && { ofRows: rowGradient(ramps.rows, saved, dy) }),
      ...(ramps.columns && { ofColumns: columnGradient(ramps.columns, saved, dy) }),
    }),
  );
}

/** What the gradients of the masks need. */
interface Saved {
  x: Tensor4D;
  rows: Tensor2D;
  columns: Tensor2D;
  rowPlaces?: Tensor1D;
  columnPlaces?: Tensor1D;
}

function rowGradient(
  { waves }: MaskRamp,
  { x, columns, rowPlaces }: Saved,
  dy: Tensor4D,
): Tensor1D {
  return tidy(() => {
    const { synthesis, analysis } = waves(rowPlaces);
    const [batch, h, w, channels] = dy.shape;
    const lines = reshape(dy, [batch, h, w * channels]) as Tensor3D;
    const upstream = leftMultiply(transpose(synthesis), lines);
    const seen = project(x, analysis, columns);
    return summed(reshape(seen, upstream.shape), upstream);
  });
}

function columnGradient(
  { waves }: MaskRamp,
  { x, rows, columnPlaces }: Saved,
  dy: Tensor4D,
): Tensor1D {
  return tidy(() => {
    const { synthesis, analysis } = waves(columnPlaces);
    const [batch, h, w, channels] = dy.shape;
    const lines = reshape(dy, [batch * h, w, channels]) as Tensor3D;
    const upstream = leftMultiply(transpose(synthesis), lines);
    const seen = project(x, rows, analysis);
    return summed(reshape(seen, upstream.shape), upstream);
  });
}

/** Waves have no symmetry that the kernel knows. */
function project(x: Tensor4D, rows: Tensor2D, columns: Tensor2D): Tensor4D {
  const attributes = { rows: rows.shape, columns: columns.shape, isSymmetric: false };
  return resampleKernel.run({ x, matrices: packed(rows, columns) }, attributes);
}

function packed(rows: Tensor2D, columns: Tensor2D): Tensor1D {
  return concat([reshape(rows, [-1]), reshape(columns, [-1])]) as Tensor1D;
}
