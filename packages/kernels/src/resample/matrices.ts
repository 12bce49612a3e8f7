import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * A linear, separable pooling as matrices: `y = rows · x · columnsᵀ`, minus
 * `skew.synthesis · (skew.analysis · x · skew.columnsᵀ)` if `skew` is given. Shapes: rows [h, H],
 * columns and skew.columns [w, W], synthesis [h, r], analysis [r, H], with a small r.
 */
export type PoolingMatrices = {
  rows: Tensor2D;
  columns: Tensor2D;
  skew?: { synthesis: Tensor2D; analysis: Tensor2D; columns: Tensor2D };
};
