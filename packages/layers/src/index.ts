export type { PoolingLayer } from '@ds/graph';
export {
  type AliasFreeConfig,
  PolynomialActivation,
  UpsampledRelu,
} from './alias-free-activation-layer.js';
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
export {
  DctDiffStride,
  type DctDiffStrideConfig,
  isDctDiffStride,
} from './dct-diff-stride-layer.js';
export { DctPool, type DctPoolConfig } from './dct-pool-layer.js';
export { DiffStride, type DiffStrideConfig, isDiffStride } from './diff-stride-layer.js';
export { FlcPool, type FlcPoolConfig } from './flc-pool-layer.js';
export {
  FractionalAvgPool,
  FractionalMaxPool,
  type FractionalPoolConfig,
} from './fractional-pool-layer.js';
export type { LearnedSize } from './learned-sizes.js';
export { LpsPool, type LpsPoolConfig } from './lps-pool-layer.js';
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
export {
  type PoolingConfig,
  type PoolingConfigs,
  type PoolingFactory,
  type PoolingName,
  type PoolingTraits,
  poolingLayer,
  poolingNames,
  poolingTraits,
  registerPooling,
  type WindowPoolConfig,
} from './registry.js';
export { SpectralPool, type SpectralPoolConfig } from './spectral-pool-layer.js';
export { refreshStrides, strideMirror } from './stride-mirror.js';
export { TipsPool, type TipsPoolConfig } from './tips-pool-layer.js';
