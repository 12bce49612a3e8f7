export type { PoolingMatrices } from '@ds/kernels';
export { apsGrid } from './aps-grid.js';
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
export { type BlurUpsampleOptions, blurUpsample } from './blur-upsample.js';
export type { Border } from './border.js';
export type { DataFormat } from './data-format.js';
export { type DiffStrideOptions, diffStride } from './diff-stride.js';
export { type FlcPoolOptions, flcPool } from './flc-pool.js';
export {
  type FractionalPoolOptions,
  type FractionalPoolResult,
  fractionalAvgPool,
  fractionalMaxPool,
} from './fractional-pool.js';
export { fractionalSequence, type SequenceOptions } from './fractional-sequence.js';
export {
  type FractionalUnpoolOptions,
  fractionalUnpool,
  type UnpoolingKind,
} from './fractional-unpool.js';
export {
  type InterpolatedUpsampleOptions,
  type Interpolation,
  interpolatedUpsample,
} from './interpolated-upsample.js';
export { type LpsPoolOptions, type LpsSelector, lpsPool } from './lps-pool.js';
export { type Margins, type PadImageOptions, padImage } from './pad-image.js';
export type { Mixture } from './polyphase.js';
export { type PolyphaseUpsampleOptions, polyphaseUpsample } from './polyphase-upsample.js';
export { resample } from './resample.js';
export type { Norm } from './spectral-matrices.js';
export { type SpectralPath, type SpectralPathEstimate, spectralPath } from './spectral-path.js';
export {
  type SpectralPoolOptions,
  spectralPool,
} from './spectral-pool.js';
export { type SpectralUpsampleOptions, spectralUpsample } from './spectral-upsample.js';
export type { UpsampledSizeOptions } from './upsampled-size.js';
