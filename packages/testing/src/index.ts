export { gradientErrors } from './finite-differences.js';
export {
  type GoldenFile,
  type GoldenTensor,
  imageTensor,
  imageValues,
  readGolden,
  unitPairs,
  unitSequence,
  unitTensor,
} from './golden.js';
export { leakedTensors } from './leaks.js';
export { relativeError } from './relative-error.js';
export { type TransformGolden, transformError } from './transform-golden.js';
