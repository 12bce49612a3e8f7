import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { AxisMatrix } from './masked-matrix.js';

/**
 * A linear, separable pooling as matrices: `y = rows · x · columnsᵀ`, minus
 * `skew.synthesis · (skew.analysis · x · skew.columnsᵀ)` if `skew` is given. Shapes: rows [h, H],
 * columns and skew.columns [w, W], synthesis [h, r], analysis [r, H], with a small r.
 */
export type PoolingMatrices<Matrix extends AxisMatrix = Tensor2D> = {
  rows: Matrix;
  columns: Matrix;
  skew?: { synthesis: Matrix; analysis: Tensor2D; columns: Matrix };
};
