export type { PixelArray, PixelLayout } from './pooled-rows.js';
export type { RowShare } from './prepared-axes.js';
export {
  type PooledRows,
  type PreparedDiffStrideOptions,
  type PreparedImage,
  type PreparedPoolOptions,
  prepareImage,
} from './prepared-image.js';
