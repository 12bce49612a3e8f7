// Kernels on float32 tensors in tfjs's own wasm memory: every argument called a, x, y, … is the byte
// address of a row-major tensor, every size a number of elements. No module here keeps data of its
// own, since the memory belongs to tfjs; scratch space is passed in, and how many floats of it a kernel
// takes its function `…Scratch` tells, as a float64, which no size of memory exceeds.
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
