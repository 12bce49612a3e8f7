export type { ActivationName } from './activation.js';
export { type AudioCnnOptions, audioCnn } from './audio-cnn.js';
export { type BudgetLossOptions, budgetLoss } from './budget-loss.js';
export { costReport, type LayerCost } from './cost-report.js';
export { costTable } from './cost-table.js';
export { featureEquivariance, type LayerEquivariance } from './feature-equivariance.js';
export { type FreezeOptions, freezeStrides } from './freeze-strides.js';
export { type FrozenLayer, freezeReport } from './frozen-layer.js';
export { fuseFrozen } from './fused-pooling.js';
export { type LearnedCostOptions, learnedCost } from './learned-cost.js';
export { type LearnedResnetOptions, learnedResnet } from './learned-resnet.js';
export { type MobilenetV2Options, mobilenetV2 } from './mobilenet-v2.js';
export { type Resnet18Options, resnet18 } from './resnet18.js';
export { type Resnet56Options, resnet56 } from './resnet56.js';
export type { Rounding } from './rounding.js';
export {
  type RoundedPooling,
  type RoundingReport,
  type RoundingReportOptions,
  roundedPoolings,
  roundingReport,
} from './rounding-report.js';
export { type SizeRow, sizeReport } from './size-report.js';
export { type StrideVariable, strideVariables } from './stride-variables.js';
export {
  type SwapOptions,
  type SwappedModel,
  type SwapRow,
  type SwapStrides,
  swapDownsampling,
} from './swap-downsampling.js';
export { swapTable } from './swap-table.js';
export { type UnetOptions, unet } from './unet.js';
