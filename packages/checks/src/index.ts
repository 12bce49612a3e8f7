export { describe } from './describe.js';
export { refuse } from './refuse.js';
export { requireList, requireNumbers } from './require-list.js';
export {
  LARGEST_SIZE,
  requireInteger,
  requireNumber,
  requireSize,
} from './require-number.js';
export { requireOneOf, requireType } from './require-one-of.js';
export { type Known, requireOptions } from './require-options.js';
export { requireTensor, type TensorLike, type TensorRule } from './require-tensor.js';
