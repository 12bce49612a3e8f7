export type { ComplexMatrix, PoolingMatrices } from '@ds/kernels';
export {
  type AliasFreeOptions,
  polynomialActivation,
  upsampledRelu,
} from './alias-free-activation.js';
export type { ApsPoolOptions } from './aps-axes.js';
export { apsGrid } from './aps-grid.js';
export { apsPool } from './aps-pool.js';
export { apsPool1d } from './aps-pool-1d.js';
export { apsPool3d } from './aps-pool-3d.js';
export { type AsapPoolOptions, asapPool, type WindowCenter } from './asap-pool.js';
export type { BlurPadding, BlurPoolOptions, DenseBlurPoolOptions } from './blur-axes.js';
export {
  type AxisFilterOptions,
  type BlurFilter,
  type BlurFilterOptions,
  blurFilter,
} from './blur-filter.js';
export { avgBlurPool, blurPool, maxBlurPool } from './blur-pool.js';
export { avgBlurPool1d, blurPool1d, maxBlurPool1d } from './blur-pool-1d.js';
export { avgBlurPool3d, blurPool3d, maxBlurPool3d } from './blur-pool-3d.js';
export { type BlurUpsampleOptions, blurUpsample } from './blur-upsample.js';
export type { Border } from './border.js';
export type { DataFormat } from './data-format.js';
export { type DctDiffStrideOptions, dctDiffStride } from './dct-diff-stride.js';
export { type DctPoolOptions, dctPool } from './dct-pool.js';
export { diffStride } from './diff-stride.js';
export { type DiffStride1dOptions, diffStride1d } from './diff-stride-1d.js';
export { type DiffStride3dOptions, diffStride3d } from './diff-stride-3d.js';
export type { DiffStrideOptions } from './diff-stride-options.js';
export type { FlcPoolOptions } from './flc-axes.js';
export { flcPool } from './flc-pool.js';
export { flcPool1d } from './flc-pool-1d.js';
export { flcPool3d } from './flc-pool-3d.js';
export {
  type FractionalPoolOptions,
  type FractionalPoolResult,
  fractionalAvgPool,
  fractionalMaxPool,
} from './fractional-pool.js';
export {
  type FractionalPool1dOptions,
  type FractionalPool1dResult,
  fractionalAvgPool1d,
  fractionalMaxPool1d,
} from './fractional-pool-1d.js';
export {
  type FractionalPool3dOptions,
  type FractionalPool3dResult,
  fractionalAvgPool3d,
  fractionalMaxPool3d,
} from './fractional-pool-3d.js';
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
export { type SpectralPool1dOptions, spectralPool1d } from './spectral-pool-1d.js';
export { type SpectralPool3dOptions, spectralPool3d } from './spectral-pool-3d.js';
export { type SpectralUpsampleOptions, spectralUpsample } from './spectral-upsample.js';
export { tipsMixingLoss, tipsUndoLoss } from './tips-losses.js';
export { type TipsMixer, type TipsPoolOptions, tipsPool, tipsWeights } from './tips-pool.js';
export type { UpsampledSizeOptions } from './upsampled-size.js';
