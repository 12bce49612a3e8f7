export type { PoolingLayer } from '@ds/graph';
export { ApsPool, type ApsPoolConfig } from './aps-pool-layer.js';
export { AsapPool, type AsapPoolConfig } from './asap-pool-layer.js';
export {
  AvgBlurPool,
  BlurPool,
  type BlurPoolConfig,
  type DenseBlurPoolConfig,
  MaxBlurPool,
} from './blur-pool-layer.js';
export { type CountedOps, measureMultiplyAdds } from './count-multiply-adds.js';
export { DiffStride, type DiffStrideConfig, isDiffStride } from './diff-stride-layer.js';
export { FlcPool, type FlcPoolConfig } from './flc-pool-layer.js';
export {
  FractionalAvgPool,
  FractionalMaxPool,
  type FractionalPoolConfig,
} from './fractional-pool-layer.js';
export { LpsPool, type LpsPoolConfig } from './lps-pool-layer.js';
export * from './ops.js';
export { PadImage, type PadImageConfig } from './pad-image-layer.js';
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
export { SpectralPool, type SpectralPoolConfig } from './spectral-pool-layer.js';
export { refreshStrides, strideMirror } from './stride-mirror.js';
