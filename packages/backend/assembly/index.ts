// Kernels on float32 tensors in tfjs's own wasm memory. Every argument called a, x, y, … is the
// byte address of a row-major tensor. Every size is a number of elements. The memory belongs to
// tfjs, so no module here keeps data of its own: the caller passes scratch space. A function
// `…Scratch` returns how many floats of it a kernel needs. It returns a float64, which does not
// overflow.
export { activate } from './activation';
export { axisTaps } from './axis-taps';
export {
  batchNormBackward,
  batchNormBackwardScratch,
  batchNormForward,
  batchNormForwardScratch,
  normalise,
} from './batch-norm';
export { convolutionFilterGradient, convolutionInputGradient } from './convolution';
export { convolutionForward, convolutionForwardScratch } from './convolution-forward';
export {
  depthwiseFilterGradient,
  depthwiseForward,
  depthwiseInputGradient,
  repeatValues,
  sumRuns,
} from './depthwise';
export { clamp, columnSums, reluGradient, rowSums } from './elementwise';
export {
  leftMultiply,
  leftMultiplyGradient,
  leftMultiplyScratch,
  matrixProduct,
} from './left-multiply';
export { evenCount, prepareMatrix, tableFloats } from './panel';
export { productRounds, productSteps } from './peak';
export { regionMax, regionMaxGradient } from './region-max';
export {
  resampleColumnsFirst,
  resampleColumnsFirstScratch,
  resampleRowsFirst,
  resampleRowsFirstScratch,
} from './resample';
export { resampleMatrixGradients, resampleMatrixGradientsScratch } from './resample-gradient';
export { sgdMomentum } from './sgd-momentum';
export { turnedFilterFloats, turnFilter } from './turn-filter';
export { winograd, winogradScratch } from './winograd';
export { winogradFilterGradient, winogradFilterScratch } from './winograd-filter';
