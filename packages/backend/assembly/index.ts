// Kernels on float32 tensors in tfjs's own wasm memory: every argument called a, x, y, … is the byte
// address of a row-major tensor, every size a number of elements. No module here keeps data of its
// own, since the memory belongs to tfjs; scratch space is passed in.
export { activate } from './activation';
export { axisTaps } from './axis-taps';
export { batchNormBackward, batchNormForward, normalise } from './batch-norm';
export { convolutionFilterGradient, convolutionInputGradient } from './convolution';
export { convolutionForward } from './convolution-forward';
export {
  depthwiseFilterGradient,
  depthwiseForward,
  depthwiseInputGradient,
  repeatValues,
  sumRuns,
} from './depthwise';
export { columnSums, reluGradient } from './elementwise';
export { leftMultiply, leftMultiplyGradient } from './left-multiply';
export { prepareMatrix } from './panel';
export { productRounds } from './peak';
export { regionMax, regionMaxGradient } from './region-max';
export { resampleColumnsFirst, resampleRowsFirst } from './resample';
export { resampleMatrixGradients } from './resample-gradient';
export { sgdMomentum } from './sgd-momentum';
export { turnFilter } from './turn-filter';
export { winograd } from './winograd';
export { winogradFilterGradient } from './winograd-filter';
