export type { PoolingLayer } from '@ds/graph';
export {
  type AliasFreeConfig,
  PolynomialActivation,
  UpsampledRelu,
} from './alias-free-activation-layer.js';
export type { ApsAxesConfig } from './aps-axes-layer.js';
export { ApsPool1D } from './aps-pool-1d-layer.js';
export { ApsPool3D } from './aps-pool-3d-layer.js';
export { ApsPool, type ApsPoolConfig } from './aps-pool-layer.js';
export { AsapPool, type AsapPoolConfig } from './asap-pool-layer.js';
export type { BlurAxesConfig, DenseBlurAxesConfig } from './blur-axes-layer.js';
export { AvgBlurPool1D, BlurPool1D, MaxBlurPool1D } from './blur-pool-1d-layer.js';
export { AvgBlurPool3D, BlurPool3D, MaxBlurPool3D } from './blur-pool-3d-layer.js';
export {
  AvgBlurPool,
  BlurPool,
  type BlurPoolConfig,
  type DenseBlurPoolConfig,
  MaxBlurPool,
} from './blur-pool-layer.js';
export { BlurUpsample, type BlurUpsampleConfig } from './blur-upsample-layer.js';
export { type CountedOps, measureMultiplyAdds } from './count-multiply-adds.js';
export {
  DctDiffStride,
  type DctDiffStrideConfig,
  isDctDiffStride,
} from './dct-diff-stride-layer.js';
export { DctPool, type DctPoolConfig } from './dct-pool-layer.js';
export { DiffStride1D, type DiffStride1DConfig } from './diff-stride-1d-layer.js';
export { DiffStride3D, type DiffStride3DConfig } from './diff-stride-3d-layer.js';
export { DiffStride, type DiffStrideConfig, isDiffStride } from './diff-stride-layer.js';
export type { FlcAxesConfig } from './flc-axes-layer.js';
export { FlcPool1D } from './flc-pool-1d-layer.js';
export { FlcPool3D } from './flc-pool-3d-layer.js';
export { FlcPool, type FlcPoolConfig } from './flc-pool-layer.js';
export type { FractionalAxesConfig } from './fractional-axes-layer.js';
export { FractionalAvgPool1D, FractionalMaxPool1D } from './fractional-pool-1d-layer.js';
export { FractionalAvgPool3D, FractionalMaxPool3D } from './fractional-pool-3d-layer.js';
export {
  FractionalAvgPool,
  FractionalMaxPool,
  type FractionalPoolConfig,
} from './fractional-pool-layer.js';
export { FractionalUnpool, type FractionalUnpoolConfig } from './fractional-unpool-layer.js';
export {
  InterpolatedUpsample,
  type InterpolatedUpsampleConfig,
} from './interpolated-upsample-layer.js';
export type { LearnedSize } from './learned-sizes.js';
export type { LearnedStrideConfig } from './learned-stride-layer.js';
export { LpsPool, type LpsPoolConfig } from './lps-pool-layer.js';
export { MapSizeError } from './map-size-error.js';
export {
  type CroppedWeights,
  isMaskedConv2D,
  MaskedConv2D,
  type MaskedConv2DConfig,
  type MaskedConv2DSizes,
} from './masked-conv2d.js';
export {
  isMaskedDepth,
  MaskedDepth,
  type MaskedDepthConfig,
} from './masked-depth.js';
export * from './ops.js';
export { PadImage, type PadImageConfig } from './pad-image-layer.js';
export { PolyphaseUpsample, type PolyphaseUpsampleConfig } from './polyphase-upsample-layer.js';
export {
  type PoolingConfig,
  type PoolingConfigs,
  type PoolingFactory,
  type PoolingName,
  type PoolingTraits,
  poolingLayer,
  poolingNames,
  poolingTraits,
  type RankedPoolingConfig,
  registerPooling,
  type WindowPoolConfig,
} from './registry.js';
export type { PerAxis, SpatialRank } from './spatial-rank.js';
export { SpectralPool1D, type SpectralPool1DConfig } from './spectral-pool-1d-layer.js';
export { SpectralPool3D, type SpectralPool3DConfig } from './spectral-pool-3d-layer.js';
export { SpectralPool, type SpectralPoolConfig } from './spectral-pool-layer.js';
export { SpectralUpsample, type SpectralUpsampleConfig } from './spectral-upsample-layer.js';
export { refreshStrides, strideMirror } from './stride-mirror.js';
export { TipsPool, type TipsPoolConfig } from './tips-pool-layer.js';
export {
  partnerUpsampling,
  type TransposedConfig,
  type UpsamplingConfigs,
  type UpsamplingName,
  upsamplingLayer,
  upsamplingNames,
} from './upsampling-registry.js';
