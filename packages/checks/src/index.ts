export { type Check, integerIn, numberIn, oneOf } from './check.js';
export { describe } from './describe.js';
export { ConfigError, DataError, StateError } from './errors.js';
export { HOST_BACKENDS } from './host-backends.js';
export { LAYER_CHECKS } from './layer-checks.js';
export { nearest } from './nearest.js';
export { readWasm, requireWasmSource, type WasmSource } from './read-wasm.js';
export { refuse } from './refuse.js';
export { requireArray, requireList, requireNumbers } from './require-list.js';
export {
  LARGEST_PLANE,
  LARGEST_SIDE,
  LARGEST_SIZE,
  requireInteger,
  requireNumber,
  requirePositive,
  requireSize,
  requireThreshold,
  SMALLEST_NORMAL,
} from './require-number.js';
export { type Checks, requireOptions } from './require-options.js';
export { requireTensor, type TensorRule } from './require-tensor.js';
export {
  requireBoolean,
  requireFunction,
  requireModel,
  requireObject,
  requireString,
} from './require-type.js';
