export { AdaptiveSpan, type AdaptiveSpanConfig } from './adaptive-span-layer.js';
export * from './ops.js';
