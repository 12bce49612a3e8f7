import {
  type Check,
  integerIn,
  numberIn,
  oneOf,
  refuse,
  requireFunction,
  requireNumber,
  requireObject,
  requireOptions,
  requireSize,
} from '@ds/checks';
import { ReplicaGroup } from './replica-group.js';
import type { CheckpointOptions, TrainOptions } from './train-options.js';

/** @throws RangeError if a value cannot be iterated over, now or later. */
export const requireBatches: Check = (fn, name, value) => {
  const is = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
  if (!is || !(Symbol.iterator in value || Symbol.asyncIterator in value)) {
    refuse(fn, name, 'be an iterable of batches', value);
  }
};

/** @throws RangeError if a value is no signal of an AbortController. */
export const requireSignal: Check = (fn, name, value) => {
  if (!(value instanceof AbortSignal)) refuse(fn, name, 'be an AbortSignal', value);
};

/** @throws RangeError if a value is no group of replicas. */
export const requireReplicas: Check = (fn, name, value) => {
  if (!(value instanceof ReplicaGroup)) refuse(fn, name, 'be a ReplicaGroup', value);
};

/** @throws RangeError if a value has not the methods of an update rule. */
const requireOptimizer: Check = (fn, name, value) => {
  requireObject(fn, name, value);
  if (!('step' in (value as object))) refuse(fn, name, 'be an optimizer, such as sgd()', value);
};

const requireLists: Check = (fn, name, value) => {
  if (!Array.isArray(value)) refuse(fn, name, 'be an array', value);
};

/** @throws RangeError if the options of `train` lack one, or have one that is none. */
export function requireTrainOptions(options: TrainOptions): void {
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
      groups: requireLists,
      labelSmoothing: numberIn(0),
      lossWeights: requireLists,
      penalty: requireFunction,
      onEvent: requireFunction,
      signal: requireSignal,
      replicas: requireReplicas,
      resume: requireObject,
      checkpoints: (fn, name, value) =>
        requireOptions<CheckpointOptions>(
          fn,
          name,
          value,
          { every: requireNumber, save: requireFunction },
          ['save'],
        ),
      readEvery: requireSize,
      sizeLag: oneOf(0, 1),
      activations: oneOf('float32', 'float16'),
    },
    ['batches', 'epochs', 'optimizer', 'schedule'],
  );
}
