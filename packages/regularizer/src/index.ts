export { complexityLoss } from './complexity-loss.js';
export { type LayerStrides, type LearnedStrides, strideComplexity } from './stride-complexity.js';
