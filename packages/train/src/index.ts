export { adam } from './adam.js';
export type { Batches, BatchSource, LabelledBatch } from './batches.js';
export { binaryCrossEntropy } from './binary-cross-entropy.js';
export { correctPredictions, crossEntropy, predictionsWithin } from './cross-entropy.js';
export type { EpochSummary } from './epoch-summary.js';
export { type EvaluateOptions, evaluate } from './evaluate.js';
export type { Evaluation, NonFinitePrediction, TaskEvaluation } from './evaluation.js';
export { NonFiniteLoss, type NonFinitePlace } from './non-finite-loss.js';
export type { Optimizer, OptimizerState, ParameterUpdate } from './optimizer.js';
export type { OutputLoss, OutputLosses } from './output-loss.js';
export { type ParameterGroup, type StandardGroups, standardGroups } from './parameter-groups.js';
export {
  averagePrecision,
  meanAveragePrecision,
  meanRocAuc,
  rocAuc,
} from './ranking-metrics.js';
export { recomputeStatistics, type StatisticsOptions } from './recompute-statistics.js';
export type { ReplicaGroup } from './replica-group.js';
export { constant, cosine, piecewise, type Schedule } from './schedule.js';
export { sgd } from './sgd.js';
export { train } from './train.js';
export type {
  CheckpointOptions,
  TrainEvent,
  TrainOptions,
  TrainResult,
} from './train-options.js';
export type { EpochTotals, StoredTensor, TrainingState } from './training-state.js';
