import { strideVariables } from '@ds/models';
import { complexityLoss } from '@ds/regularizer';
import {
  cosine,
  NonFiniteLoss,
  piecewise,
  type Schedule,
  standardGroups,
  type TrainResult,
  train,
} from '@ds/train';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RunConfig } from '../config/run-config.js';
import { stridesOf } from '../network/run-model.js';
import { temperatureAnnealing } from '../network/temperature.js';
import { finalFailure } from '../queue/retries.js';
import { formatStrides } from '../text/format.js';
import { NonFiniteTest } from './non-finite-test.js';
import { isOutOfMemory } from './out-of-memory.js';
import type { PreparedRun } from './prepare-run.js';
import { trainingRecorder } from './record-training.js';

/**
 * Trains the model of a run, starting from its last checkpoint if one exists.
 *
 * @throws Error from `finalFailure` if the loss or a test is not finite, or the wasm backend is out
 *   of memory, since a repeated run would fail again. Other errors pass through.
 */
export async function trainRun(run: PreparedRun): Promise<TrainResult> {
  const { config, options, data, model, totalSteps, kept, memory } = run;
  const anneal = temperatureAnnealing(model, config.finalTemperature);
  if (kept?.last) anneal(kept.last.state.step / totalSteps);
  const record = trainingRecorder(run);
  try {
    return await train(model, {
      batches: data.train,
      evaluation: data.test,
      epochs: config.epochs,
      optimizer: run.optimizer,
      schedule: scheduleOf(config, totalSteps),
      groups: standardGroups({
        weightDecay: config.weightDecay,
        strideLearningRateScale: config.strideLearningRateScale,
      }),
      labelSmoothing: config.labelSmoothing,
      losses: data.losses,
      classWeights: data.classWeights,
      activations: config.activations,
      penalty: config.lambda > 0 ? penaltyOf(model, config.lambda) : undefined,
      signal: options.signal,
      replicas: options.replicas,
      resume: kept?.last?.state,
      checkpoints: kept
        ? { every: kept.every, save: (state) => kept.save(state, memory) }
        : undefined,
      onEvent: (event) => {
        if (event.type === 'step') anneal((event.step + 1) / totalSteps);
        record(event);
      },
    });
  } catch (error) {
    throw failureOf(error as Error, run);
  }
}

function failureOf(error: Error, { config, model }: PreparedRun): Error {
  if (isOutOfMemory(error)) {
    return finalFailure(
      'the wasm backend ran out of memory (its limit is 4 GB): share each batch of ' +
        `${config.batchSize} between more replicas than ${config.replicas}, or make batch or ` +
        'network smaller',
      error,
    );
  }
  if (!(error instanceof NonFiniteLoss || error instanceof NonFiniteTest)) return error;
  const strides = formatStrides(stridesOf(model, config));
  return finalFailure(`${error.message}; strides (${strides})`, error);
}

function scheduleOf({ schedule }: RunConfig, totalSteps: number): Schedule {
  return schedule.name === 'cosine'
    ? cosine(schedule.peak, totalSteps)
    : piecewise(schedule.boundaries, schedule.rates);
}

function penaltyOf(model: LayersModel, lambda: number): () => tf.Scalar {
  const strides = strideVariables(model);
  return complexityLoss(() => strides, lambda);
}
