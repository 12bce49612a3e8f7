import {
  type Check,
  ConfigError,
  integerIn,
  numberIn,
  oneOf,
  refuse,
  requireBoolean,
  requireFunction,
  requireModel,
  requireNumbers,
  requireObject,
  requireOptions,
  requireSize,
} from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { requireHalfStorage } from './half-activations.js';
import type { Optimizer } from './optimizer.js';
import { onePerOutput, outputLossChecks, requireOutputs } from './output-loss.js';
import { requireGroups } from './parameter-groups.js';
import { requireReplicas } from './require-replicas.js';
import { requireSignal } from './require-signal.js';
import { requireTrainingState } from './require-training-state.js';
import type { CheckpointOptions, TrainOptions } from './train-options.js';

/** @throws ConfigError if a value does not have the methods of an update rule. */
const requireOptimizer: Check = (fn, name, value) => {
  requireObject(fn, name, value);
  const { step, state, restore } = value as Partial<Optimizer>;
  if ([step, state, restore].some((method) => typeof method !== 'function')) {
    refuse(fn, name, 'be an optimizer, such as sgd()', value);
  }
};

/** @throws ConfigError if a value is not a model that `train` can feed. */
export function requireTrained(model: LayersModel): void {
  requireModel('train', 'model', model);
  const { length } = model.inputs;
  if (length !== 1) refuse('train', 'model', 'have one input', length);
  if (model.trainableWeights.length === 0) {
    const why = model.weights.length > 0 ? 'whose layers are all frozen' : 'without weights';
    throw new ConfigError(`train: model must have weights that train, got a model ${why}`);
  }
}

/**
 * @throws ConfigError if the options of `train` lack one, or one is unknown, out of range or does
 *   not suit the model.
 */
export function requireTrainOptions(options: TrainOptions, model: LayersModel): void {
  requireOptions<TrainOptions>(
    'train',
    'options',
    options,
    {
      batches: requireFunction,
      evaluation: requireFunction,
      epochs: integerIn(1),
      optimizer: requireOptimizer,
      schedule: requireFunction,
      groups: requireGroups,
      labelSmoothing: numberIn(0),
      lossWeights: (fn, name, value) => {
        requireNumbers(fn, name, value, undefined, numberIn(0));
        onePerOutput(model)(fn, name, value);
      },
      ...outputLossChecks(model),
      penalty: requireFunction,
      onEvent: requireFunction,
      signal: requireSignal,
      replicas: requireReplicas,
      resume: requireTrainingState,
      checkpoints: (fn, name, value) =>
        requireOptions<CheckpointOptions>(
          fn,
          name,
          value,
          { every: integerIn(1), save: requireFunction },
          ['save'],
        ),
      readEvery: requireSize,
      sizeLag: oneOf(0, 1),
      activations: oneOf('float32', 'float16'),
      releaseEarly: requireBoolean,
    },
    ['batches', 'epochs', 'optimizer', 'schedule'],
  );
  requireOutputs('train', model, options);
  const { labelSmoothing = 0, readEvery = 1, activations, replicas } = options;
  if (replicas && readEvery > 1) refuse('train', 'readEvery', 'be 1 with replicas', readEvery);
  if (activations === 'float16') requireHalfStorage();
  if (labelSmoothing >= 1) refuse('train', 'labelSmoothing', 'be in [0, 1)', labelSmoothing);
}
