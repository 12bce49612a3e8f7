import type { Table } from './trial.js';

/**
 * The exports of `@ds/kernels`. They check no arguments. The calling packages check them, and name
 * the function that the user called.
 */
const unchecked = (...names: string[]): Table =>
  Object.fromEntries(names.map((name) => [name, []]));

export const kernelsTables: Record<string, Table> = {
  '@ds/kernels': unchecked(
    'Kernel',
    'FEW_CHANNELS',
    'axisTapsKernel',
    'batchNormTraining',
    'batchNormTrainingGradientKernel',
    'batchNormTrainingKernel',
    'byLoops',
    'canStoreHalf',
    'composedSgdMomentum',
    'copyFrom',
    'copyFromKernel',
    'copyInto',
    'copyIntoKernel',
    'diffStrideMatricesGradientKernel',
    'diffStrideMatricesKernel',
    'hasResampleKernel',
    'inverseRealFft2dKernel',
    'leftMultiply',
    'leftMultiplyGradientKernel',
    'leftMultiplyKernel',
    'maxOverRegions',
    'poolAtStrides',
    'poolByTaps',
    'realFft2dKernel',
    'regionMaxGradientKernel',
    'regionMaxKernel',
    'reluGradientKernel',
    'resampleByMatrices',
    'resampleInputGradientKernel',
    'resampleKernel',
    'resampleMatrixGradientKernel',
    'sgdMomentumKernel',
    'sgdMomentumOfAllKernel',
    'storeHalf',
    'storeHalfKernel',
    'tapMatrix',
    'tapTable',
    'transposedTaps',
  ),
  '@ds/kernels/tfjs': unchecked(
    'CPU_KERNELS',
    'borderByBorder',
    'emptyReductionKernels',
    'exactPadding',
    'outerPadding',
    'poolInfo',
  ),
  '@ds/kernels/wasm': unchecked(
    'COMPOSED_KERNELS',
    'SIMD_KERNELS',
    'kernelModule',
    'linkKernels',
    'measurePeak',
    'switchGuard',
  ),
  '@ds/kernels/webgpu': unchecked(
    'WEBGPU_KERNELS',
    'argMaxKernel',
    'argMinKernel',
    'fusedReluKernels',
    'halfReadingMethods',
    'halvesStored',
    'maxPoolGradKernel',
    'maxPoolKernel',
    'measureDevicePeak',
    'padKernel',
  ),
};
