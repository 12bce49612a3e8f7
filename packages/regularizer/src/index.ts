export { complexityLoss } from './complexity-loss.js';
export { strideComplexity } from './stride-complexity.js';
