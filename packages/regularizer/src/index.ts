export { complexityLoss } from './complexity-loss.js';
export { type LayerStrides, strideComplexity } from './stride-complexity.js';
