export {
  type AxisTaps,
  poolAxesByTaps,
  poolByTaps,
  tapMatrix,
  tapTable,
  transposedTaps,
} from './axis-taps/axis-taps.js';
export { byLoops } from './axis-taps/composed.js';
export { axisTapsKernel, type TapTable } from './axis-taps/contract.js';
export { batchNormTraining } from './batch-norm/batch-norm.js';
export { batchNormTrainingGradientKernel, batchNormTrainingKernel } from './batch-norm/contract.js';
export { clampGradientKernel } from './clamp/contract.js';
export { copyFromKernel, copyIntoKernel } from './copy/contract.js';
export { copyFrom, copyInto } from './copy/copy.js';
export {
  type DiffStrideAttributes,
  diffStrideGradientKernel,
  diffStrideInputGradientKernel,
  diffStrideKernel,
  diffStrideMatricesGradientKernel,
  diffStrideMatricesKernel,
  type KeptBand,
  type KeptFrequency,
} from './diff-stride/contract.js';
export { poolAtStrides } from './diff-stride/diff-stride.js';
export { type PoolingAtStrides, poolingAtStrides } from './diff-stride/pooling-matrices.js';
export { areRising, mostOnRamp, RAMP_MARGIN, type Reach } from './diff-stride/waves-on-ramp.js';
export {
  inverseRealFft2dKernel,
  type PlaneAttributes,
  realFft2dKernel,
} from './fft/contract.js';
export { storeHalfKernel } from './half-storage/contract.js';
export { canStoreHalf, storeHalf } from './half-storage/half-storage.js';
export { Kernel } from './kernel.js';
export { leftMultiplyGradientKernel, leftMultiplyKernel } from './left-multiply/contract.js';
export { leftMultiply } from './left-multiply/left-multiply.js';
export type { Regions } from './region-max/composed.js';
export { regionMaxGradientKernel, regionMaxKernel } from './region-max/contract.js';
export { maxOverAxes, maxOverRegions } from './region-max/region-max.js';
export { reluGradientKernel } from './relu/contract.js';
export {
  type ComplexMatrix,
  resampleSpectrum,
  spectrumMultiplyAdds,
} from './resample/complex-axes.js';
export { FEW_CHANNELS } from './resample/composed.js';
export {
  resampleInputGradientKernel,
  resampleKernel,
  resampleMatrixGradientKernel,
} from './resample/contract.js';
export {
  type AxisMatrix,
  areWavesCheaper,
  entriesOf,
  isMasked,
  type MaskedMatrix,
  type MaskRamp,
  type RampWaves,
} from './resample/masked-matrix.js';
export type { PoolingMatrices } from './resample/matrices.js';
export { hasResampleKernel, resampleByMatrices } from './resample/resample.js';
export { type ResampleAxesOptions, resampleAxes } from './resample/resample-axes.js';
export { sgdMomentumKernel, sgdMomentumOfAllKernel } from './sgd-momentum/contract.js';
export { sgdMomentum } from './sgd-momentum/sgd-momentum.js';
export { untaped } from './untaped.js';
