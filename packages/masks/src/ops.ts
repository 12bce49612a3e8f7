export {
  type AdaptiveSpanOptions,
  adaptiveSpanMask,
  adaptiveSpanWeights,
} from './adaptive-span.js';
export {
  type AdaptiveSpanAttentionOptions,
  adaptiveSpanAttention,
} from './adaptive-span-attention.js';
export { AdaptiveSpanCache } from './adaptive-span-cache.js';
export { clip } from './clip.js';
export {
  type Alignment,
  columnDistances,
  horizontalHalfSize,
  horizontalMask,
  rowDistances,
  verticalHalfSize,
  verticalMask,
} from './frequency-mask.js';
export { gaussianMask, gaussianSigma, gaussianSize } from './gaussian-mask.js';
export { keptIndices } from './kept-indices.js';
export { rampMask, rampValue } from './ramp.js';
export {
  type SigmoidMaskOptions,
  sigmoidMask,
  sigmoidOffset,
  sigmoidSize,
} from './sigmoid-mask.js';
export { keptRange, type MaskForm, type SizeMaskOptions, sizeMask } from './size-mask.js';
