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
export { keptIndices } from './kept-indices.js';
export { rampMask, rampValue } from './ramp.js';
