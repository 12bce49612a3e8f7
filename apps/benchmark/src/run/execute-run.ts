import { rm } from 'node:fs/promises';
import { availableParallelism, cpus, hostname, platform } from 'node:os';
import { useBackend } from '@ds/backend';
import { costReport, strideVariables } from '@ds/models';
import { complexityLoss, strideComplexity } from '@ds/regularizer';
import {
  adam,
  cosine,
  type EpochSummary,
  NonFiniteLoss,
  piecewise,
  type Schedule,
  sgd,
  standardGroups,
  train,
} from '@ds/train';
import { checkpointFolder } from '@ds/train/checkpoints';
import type { ReplicaGroup } from '@ds/train/replicas';
import * as tf from '@tensorflow/tfjs';
import type { DataFolders } from '../data-folders.js';
import { formatStrides } from '../format.js';
import { median } from '../median.js';
import { NonFiniteTest, requireFiniteEvaluation, requireFiniteShifts } from '../non-finite-test.js';
import { openRunData } from '../open-run-data.js';
import { finalFailure } from '../queue/retries.js';
import { type RunConfig, runId } from '../run-config.js';
import type { RunData } from '../run-data.js';
import { Lease } from '../run-folder/lease.js';
import { checkpointsOf, openRunFolder } from '../run-folder/run-folder.js';
import { modelOf, stridesOf } from '../run-model.js';
import type { CostSnapshot, RunProgress, RunResult, StepRecord } from '../run-result.js';
import { shiftConsistency } from '../shift/shift-consistency.js';
import { temperatureAnnealing } from '../temperature.js';

/** Options of {@link executeRun}. */
export interface RunOptions {
  /** Where the datasets lie; CIFAR-10 is taken from the cache otherwise. */
  data: DataFolders;
  signal?: AbortSignal;
  onProgress?: (progress: RunProgress) => void;
  /** The replicas that share the run, of which this is one. */
  replicas?: ReplicaGroup;
  /** How it is kept; without it a run that is interrupted is lost. */
  keeping?: RunKeeping;
}

/** How a run is kept. */
export interface RunKeeping {
  /** The run's own folder. */
  folder: string;
  /** Steps from one checkpoint to the next within an epoch. */
  every: number;
  /** Goes on from the newest checkpoint; otherwise what is there is removed first. */
  resume: boolean;
  /** The memory of the {@link Lease} on the folder, without which nothing may be written. Default: none is needed. */
  lease?: SharedArrayBuffer;
}

/** What a checkpoint holds besides the state of the training. */
interface RunMemory {
  steps: StepRecord[];
  rates: number[];
  testAccuracy: number | null;
  epochMacs: number[];
  timing: RunResult['timing'];
}

/** Points of the curves kept in a result: enough to draw, few enough to store. */
const RECORDED_STEPS = 200;

/** Test images on which shift-invariance is measured: eleven forwards of each. */
const SHIFT_IMAGES = 500;

/** Steps written to the event files of TensorBoard. */
const LOGGED_STEPS = 2000;

/**
 * Trains one network as configured and returns everything a table or a figure needs. Numbers of a test that the signal
 * cut are neither returned nor kept; going on makes the test again.
 *
 * @throws Error if its data, its checkpoints or a file of its folder stand in the way.
 */
export async function executeRun(config: RunConfig, options: RunOptions): Promise<RunResult> {
  const begun = performance.now();
  tf.enableProdMode();
  const backend = await useBackend(config.backend);
  const data = await openRunData(config, options.data);
  const model = modelOf(config, data);
  const optimizer =
    config.optimizer.name === 'sgd' ? sgd({ momentum: config.optimizer.momentum }) : adam();
  const totalSteps = Math.ceil(data.trainCount / config.batchSize) * config.epochs;
  const isDue = (step: number, points: number) =>
    step % Math.max(1, Math.floor(totalSteps / points)) === 0 || step === totalSteps - 1;
  const initial = snapshot(model, config, data.shape);
  const anneal = temperatureAnnealing(model, config.finalTemperature);
  const isFirst = (options.replicas?.rank ?? 0) === 0;
  const { keeping } = options;
  const lease = keeping?.lease ? new Lease(keeping.lease) : null;
  const mayWrite = () => lease?.requireHeld();
  const onWarning = (message: string) => void (isFirst && console.warn(message));
  const kept = keeping
    ? await openCheckpoints(keeping, isFirst, data, config, mayWrite, onWarning)
    : null;
  const last = keeping?.resume ? ((await kept?.latest().catch(refused)) ?? null) : null;
  const memory = (last?.extra ?? {}) as Partial<RunMemory>;
  const { steps = [], rates = [], epochMacs = [] } = memory;
  const timing = memory.timing ?? { setup: 0, training: 0, evaluation: 0, shift: 0 };
  let testAccuracy = memory.testAccuracy ?? null;
  if (last) anneal(last.state.step / totalSteps);
  const environment = {
    node: process.version,
    tfjs: tf.version.tfjs,
    platform: `${platform()} ${process.arch}`,
    processor: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  };
  const folder =
    keeping && isFirst
      ? await openRunFolder(
          keeping.folder,
          config,
          { ...environment, backend, host: hostname(), started: new Date().toISOString() },
          {
            begin: { steps: last?.state.step ?? 0, epochs: last?.state.epochs.length ?? 0 },
            mayWrite,
            onWarning,
          },
        )
      : null;
  let said = 0;
  const newNotes = () => {
    const notes = data.notes.slice(said);
    said = data.notes.length;
    return notes.length > 0 ? { notes } : {};
  };
  let since = begun;
  const elapsed = () => {
    const now = performance.now();
    const seconds = (now - since) / 1000;
    since = now;
    return seconds;
  };
  timing.setup += elapsed();
  const { epochs, stopped } = await train(model, {
    batches: data.train,
    evaluation: data.test,
    epochs: config.epochs,
    optimizer,
    schedule: scheduleOf(config, totalSteps),
    groups: standardGroups({
      weightDecay: config.weightDecay,
      strideLearningRateScale: config.strideLearningRateScale,
    }),
    labelSmoothing: config.labelSmoothing,
    activations: config.activations,
    penalty: config.lambda > 0 ? penaltyOf(model, config.lambda) : undefined,
    signal: options.signal,
    replicas: options.replicas,
    resume: last?.state,
    checkpoints: kept
      ? {
          every: keeping!.every,
          save: async (state) => {
            const extra: RunMemory = { steps, rates, testAccuracy, epochMacs, timing };
            if (isFirst) await kept.save(state, extra);
          },
        }
      : undefined,
    onEvent: (event) => {
      if (event.type === 'epoch') {
        timing.evaluation += elapsed();
        testAccuracy = event.evaluation?.accuracy ?? null;
        epochMacs.push(macsOf(model, data.shape));
        folder?.metrics({
          type: 'epoch',
          epoch: event.epoch,
          loss: event.loss,
          accuracy: event.accuracy,
          testLoss: event.evaluation?.loss ?? null,
          testAccuracy,
          testTop5: event.evaluation?.top5 ?? null,
          seconds: event.seconds,
        });
        folder?.tensorboard.write(epochMacs.length * (totalSteps / config.epochs) - 1, [
          { tag: 'test/loss', scalar: event.evaluation?.loss ?? Number.NaN },
          { tag: 'test/accuracy', scalar: testAccuracy ?? Number.NaN },
          { tag: 'test/top-5 accuracy', scalar: event.evaluation?.top5 ?? Number.NaN },
          { tag: 'strides', histogram: Object.values(stridesOf(model, config)).flat() },
        ]);
        if (event.evaluation) requireFiniteEvaluation(event.evaluation, event.epoch);
        return;
      }
      timing.training += elapsed();
      const { step, epoch, loss, accuracy, learningRate } = event;
      anneal((step + 1) / totalSteps);
      const imagesPerSecond = event.images / event.seconds;
      rates.push(imagesPerSecond);
      const strides = stridesOf(model, config);
      const point = { step, loss, accuracy, imagesPerSecond, strides };
      if (isDue(step, RECORDED_STEPS)) steps.push(point);
      folder?.metrics({ type: 'step', epoch, learningRate, ...point });
      if (isDue(step, LOGGED_STEPS)) {
        folder?.tensorboard.write(step, [
          { tag: 'training/loss', scalar: loss },
          { tag: 'training/accuracy', scalar: accuracy },
          { tag: 'training/learning rate', scalar: learningRate },
          { tag: 'training/images per second', scalar: imagesPerSecond },
          ...Object.entries(strides).flatMap(([layer, [height, width]]) => [
            { tag: `strides/${layer} height`, scalar: height },
            { tag: `strides/${layer} width`, scalar: width },
          ]),
        ]);
      }
      options.onProgress?.({ ...point, epoch, totalSteps, testAccuracy, ...newNotes() });
    },
  }).catch((error) => {
    if (isOutOfMemory(error)) {
      throw finalFailure(
        `the wasm backend ran out of memory, of which it can have 4 GB: share each batch of ${config.batchSize} between more replicas than ${config.replicas}, or make batch or network smaller`,
        error,
      );
    }
    if (!(error instanceof NonFiniteLoss || error instanceof NonFiniteTest)) throw error;
    throw finalFailure(
      `${error.message}; strides (${formatStrides(stridesOf(model, config))})`,
      error,
    );
  });
  since = performance.now();
  const shift = await shiftConsistency(model, data.test(SHIFT_IMAGES), {
    seed: config.seed,
    signal: options.signal,
  }).catch((error) => {
    if (options.signal?.aborted && error === options.signal.reason) return null;
    throw error;
  });
  timing.shift += elapsed();
  if (shift) requireFiniteShifts(shift);
  const result: RunResult = {
    config,
    dataset: data.name,
    images: { train: data.trainCount, test: data.testCount, available: data.available },
    backend,
    environment,
    parameters: model.countParams(),
    initial,
    final: snapshot(model, config, data.shape),
    steps,
    epochs,
    epochMacs,
    accuracy: testAccuracy ?? 0,
    top5: epochs.at(-1)?.evaluation?.top5 ?? 0,
    shift,
    ...(data.sound && { sound: data.sound, taskAccuracies: accuraciesByTask(data.sound, epochs) }),
    ...(data.notes.length > 0 && { notes: data.notes }),
    imagesPerSecond: median(rates),
    timing,
    seconds: timing.setup + timing.training + timing.evaluation + timing.shift,
    stopped: stopped || shift === null,
  };
  // What is kept of a stopped run is its checkpoint.
  if (!result.stopped) await folder?.finish(model, result);
  optimizer.dispose();
  model.dispose();
  return result;
}

/** Test accuracy of each task after the last epoch. */
function accuraciesByTask({ tasks }: NonNullable<RunData['sound']>, epochs: EpochSummary[]) {
  const last = epochs.at(-1)?.evaluation;
  return Object.fromEntries(
    tasks.map(({ name }, i) => [name, (last?.tasks?.[i] ?? last)?.accuracy ?? 0]),
  );
}

/** Whether tfjs's wasm module gave up, which it says in no better way. */
function isOutOfMemory(error: Error): boolean {
  return /^Aborted\(|memory access out of bounds|Out of memory|enlarge memory/i.test(error.message);
}

/** The checkpoints of a run, those of an earlier one removed unless they are to be gone on from. */
async function openCheckpoints(
  { folder, resume }: RunKeeping,
  isFirst: boolean,
  data: RunData,
  config: RunConfig,
  mayWrite: () => void,
  onWarning: (message: string) => void,
) {
  const checkpoints = checkpointsOf(folder);
  if (!resume && isFirst) {
    mayWrite();
    await rm(checkpoints, { recursive: true, force: true });
  }
  const of = { configuration: runId(config), data: data.fingerprint() };
  return checkpointFolder(checkpoints, { of, mayWrite, onWarning });
}

/** Checkpoints of another run are there at the next try as well. */
function refused(error: Error): never {
  throw error.name === 'OtherTraining' ? finalFailure(error.message, error) : error;
}

function scheduleOf({ schedule }: RunConfig, totalSteps: number): Schedule {
  return schedule.name === 'cosine'
    ? cosine(schedule.peak, totalSteps)
    : piecewise(schedule.boundaries, schedule.rates);
}

function penaltyOf(model: tf.LayersModel, lambda: number): () => tf.Scalar {
  const strides = () =>
    strideVariables(model).map(({ variable }) => variable as unknown as tf.Tensor1D);
  return complexityLoss(strides, lambda);
}

function snapshot(model: tf.LayersModel, config: RunConfig, shape: number[]): CostSnapshot {
  const strides = stridesOf(model, config);
  const layers = costReport(model, shape);
  return {
    strides,
    complexity: tf.tidy(() => strideComplexity(Object.values(strides)).dataSync()[0]!),
    macs: layers.reduce((total, { macs }) => total + macs, 0),
    layers,
  };
}

/** Multiply-adds for one image, at the strides as they stand. */
function macsOf(model: tf.LayersModel, shape: number[]): number {
  return costReport(model, shape).reduce((total, { macs }) => total + macs, 0);
}
