export type { DataFormat } from './data-format.js';
export { type DiffStrideOptions, diffStride, diffStrideOutputSize } from './diff-stride.js';
export { resample } from './resample.js';
export type { Norm } from './spectral-matrices.js';
export {
  type SpectralPoolOptions,
  spectralPool,
  spectralPoolOutputSize,
} from './spectral-pool.js';
