export type { ComplexMatrix, PoolingMatrices } from '@ds/kernels';
export { type ApsPoolOptions, apsPool } from './aps-pool.js';
export { type AsapPoolOptions, asapPool, type WindowCenter } from './asap-pool.js';
export {
  avgBlurPool,
  type BlurPadding,
  type BlurPoolOptions,
  blurPool,
  type DenseBlurPoolOptions,
  maxBlurPool,
} from './blur-pool.js';
export type { Border } from './border.js';
export type { DataFormat } from './data-format.js';
export { type DiffStrideOptions, diffStride } from './diff-stride.js';
export { type DiffStride1dOptions, diffStride1d } from './diff-stride-1d.js';
export { type DiffStride3dOptions, diffStride3d } from './diff-stride-3d.js';
export { type FlcPoolOptions, flcPool } from './flc-pool.js';
export {
  type FractionalPoolOptions,
  type FractionalPoolResult,
  fractionalAvgPool,
  fractionalMaxPool,
} from './fractional-pool.js';
export { fractionalSequence, type SequenceOptions } from './fractional-sequence.js';
export { type LpsPoolOptions, type LpsSelector, lpsPool } from './lps-pool.js';
export { type Margins, type PadImageOptions, padImage } from './pad-image.js';
export { resample } from './resample.js';
export type { Norm } from './spectral-matrices.js';
export { type SpectralPath, type SpectralPathEstimate, spectralPath } from './spectral-path.js';
export {
  type SpectralPoolOptions,
  spectralPool,
} from './spectral-pool.js';
export { type SpectralPool1dOptions, spectralPool1d } from './spectral-pool-1d.js';
export { type SpectralPool3dOptions, spectralPool3d } from './spectral-pool-3d.js';
