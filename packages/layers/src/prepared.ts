export type { RowShare } from './prepared/axes.js';
export type { PixelArray, PixelLayout } from './prepared/pooled-rows.js';
export {
  type PooledRows,
  type PreparedDiffStrideOptions,
  type PreparedImage,
  type PreparedPoolOptions,
  prepareImage,
} from './prepared/prepared-image.js';
