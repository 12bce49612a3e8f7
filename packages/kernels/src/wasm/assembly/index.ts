// Kernels on float32 tensors in tfjs's own wasm memory. Arguments such as a, x and y are byte
// addresses of row-major tensors. Sizes are numbers of elements. The memory belongs to tfjs, so no
// kernel allocates or keeps data: the caller passes scratch space. A function `…Scratch` returns
// the number of floats that a kernel needs, as a float64, which does not overflow.

export { averagePool } from '../../average-pool/assembly/average-pool';
export { averagePoolGradient } from '../../average-pool/assembly/average-pool-gradient';
export { axisTaps } from '../../axis-taps/assembly/axis-taps';
export {
  batchNormForward,
  batchNormForwardScratch,
} from '../../batch-norm/assembly/batch-norm-forward';
export {
  batchNormBackward,
  batchNormBackwardScratch,
} from '../../batch-norm/assembly/batch-norm-gradient';
export { normalise } from '../../batch-norm/assembly/normalise';
export { activate } from '../../convolution/assembly/activation';
export {
  convolutionForward,
  convolutionForwardScratch,
} from '../../convolution/assembly/convolution-forward';
export {
  convolutionFilterGradient,
  convolutionFilterGradientScratch,
} from '../../convolution/assembly/filter-gradient';
export {
  convolutionInputGradient,
  convolutionInputGradientScratch,
} from '../../convolution/assembly/input-gradient';
export { writeConvolutionShape } from '../../convolution/assembly/shape';
export { turnedFilterFloats, turnFilter } from '../../convolution/assembly/turn-filter';
export { winograd, winogradScratch } from '../../convolution/assembly/winograd';
export {
  winogradFilterGradient,
  winogradFilterScratch,
} from '../../convolution/assembly/winograd-filter';
export { winogradLarge, winogradLargeScratch } from '../../convolution/assembly/winograd-large';
export {
  winogradLargeFilterGradient,
  winogradLargeFilterScratch,
} from '../../convolution/assembly/winograd-large-filter';
export {
  depthwiseFilterGradient,
  depthwiseForward,
  depthwiseInputGradient,
  repeatValues,
  sumRuns,
} from '../../depthwise/assembly/depthwise';
export {
  diffStrideGradient,
  diffStrideGradientScratch,
} from '../../diff-stride/assembly/stride-gradient';
export { compare, extreme } from '../../elementwise/assembly/compare';
export { bothTrue, leakyRelu, relu, select } from '../../elementwise/assembly/select';
export {
  forwardPlanes32,
  inversePlanes32,
  makePlane32,
  planeBytes32,
} from '../../fft/assembly/planes32';
export {
  leftMultiply,
  leftMultiplyGradient,
  leftMultiplyScratch,
  matrixProduct,
} from '../../left-multiply/assembly/left-multiply';
export { copyLines } from '../../lines/assembly/copy-lines';
export { regionMax, regionMaxGradient } from '../../region-max/assembly/region-max';
export {
  resampleColumnsFirst,
  resampleColumnsFirstScratch,
  resampleRowsFirst,
  resampleRowsFirstScratch,
} from '../../resample/assembly/resample';
export {
  resampleMatrixGradients,
  resampleMatrixGradientsScratch,
} from '../../resample/assembly/resample-gradient';
export { blockSums } from '../../resize/assembly/block-sums';
export { sgdMomentum } from '../../sgd-momentum/assembly/sgd-momentum';
export { clamp, clampGradient, columnSums, reluGradient, rowSums } from './elementwise';
export { evenCount, prepareMatrix, tableFloats } from './panel';
export { productRounds, productSteps, wideRounds } from './peak';
export { setWideTiles } from './wide-tile';
