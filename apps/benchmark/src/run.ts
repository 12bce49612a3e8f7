import { rm } from 'node:fs/promises';
import { availableParallelism, cpus, platform } from 'node:os';
import { useBackend } from '@ds/backend';
import { batches, type ImageDataset, loadCifar10, subset } from '@ds/data';
import { costReport, resnet18, strideVariables } from '@ds/models';
import { complexityLoss, strideComplexity } from '@ds/regularizer';
import { adam, cosine, piecewise, type Schedule, sgd, standardGroups, train } from '@ds/train';
import { checkpointFolder } from '@ds/train/checkpoints';
import type { ReplicaGroup } from '@ds/train/replicas';
import * as tf from '@tensorflow/tfjs';
import type { RunConfig } from './run-config.js';
import type {
  CostSnapshot,
  RunProgress,
  RunResult,
  StepRecord,
  StridesByLayer,
} from './run-result.js';
import { shiftConsistency } from './shift-consistency.js';
import { temperatureAnnealing } from './temperature.js';

/** Options of {@link executeRun}. */
export interface RunOptions {
  /** A `cifar-10-batches-bin` folder; without it the cache is used. */
  dataFolder?: string;
  signal?: AbortSignal;
  onProgress?: (progress: RunProgress) => void;
  /** The replicas that share the run, of which this is one. */
  replicas?: ReplicaGroup;
  /** Where its state is kept now and then; without it a run that is interrupted is lost. */
  checkpoints?: RunCheckpoints;
}

/** How a run is kept. */
export interface RunCheckpoints {
  folder: string;
  /** Steps from one checkpoint to the next within an epoch. */
  every: number;
  /** Goes on from the newest; otherwise what is there is removed first. */
  resume: boolean;
}

/** What a checkpoint holds besides the state of the training. */
interface RunMemory {
  steps: StepRecord[];
  rates: number[];
  testAccuracy: number | null;
  seconds: number;
}

/** Points of the curves kept in a result: enough to draw, few enough to store. */
const RECORDED_STEPS = 200;

/** Test images on which shift-invariance is measured: eleven forwards of each. */
const SHIFT_IMAGES = 500;

/** Trains one network as configured and returns everything a table or a figure needs. */
export async function executeRun(config: RunConfig, options: RunOptions): Promise<RunResult> {
  tf.enableProdMode();
  const backend = await useBackend(config.backend);
  const dataset = await loadCifar10({ folder: options.dataFolder });
  // The same images in every run of a seed, whatever the pooling.
  const trainSet = subset(dataset.train, config.trainImages, config.seed);
  const testSet = subset(dataset.test, config.testImages, config.seed);
  const model = resnet18({
    inputShape: dataset.train.shape,
    classes: dataset.classNames.length,
    pooling: config.pooling,
    poolingConfig: config.poolingConfig,
    strides: config.strides,
    width: config.width,
    seed: config.seed,
  });
  const input = batchInput(dataset, config);
  const optimizer =
    config.optimizer.name === 'sgd' ? sgd({ momentum: config.optimizer.momentum }) : adam();
  const stepsPerEpoch = Math.ceil(config.trainImages / config.batchSize);
  const totalSteps = stepsPerEpoch * config.epochs;
  const every = Math.max(1, Math.floor(totalSteps / RECORDED_STEPS));
  const initial = snapshot(model, config, dataset.train.shape);
  const anneal = temperatureAnnealing(model, config.finalTemperature);
  const isFirst = (options.replicas?.rank ?? 0) === 0;
  const kept = options.checkpoints ? await openCheckpoints(options.checkpoints, isFirst) : null;
  const last = options.checkpoints?.resume ? ((await kept?.latest()) ?? null) : null;
  const memory = (last?.extra ?? {}) as Partial<RunMemory>;
  const { steps = [], rates = [], seconds: secondsBefore = 0 } = memory;
  let testAccuracy = memory.testAccuracy ?? null;
  if (last) anneal(last.state.step / totalSteps);
  const start = performance.now();
  const seconds = () => secondsBefore + (performance.now() - start) / 1000;
  const { epochs, stopped } = await train(model, {
    batches: (epoch) =>
      batches(trainSet, {
        ...input,
        shuffle: { seed: config.seed, epoch },
        augmentation: { padding: config.padding, flip: config.flip },
        mixup: config.mixup,
      }),
    evaluation: () => batches(testSet, input),
    epochs: config.epochs,
    optimizer,
    schedule: scheduleOf(config, totalSteps),
    groups: standardGroups(config),
    labelSmoothing: config.labelSmoothing,
    penalty: config.lambda > 0 ? penaltyOf(model, config.lambda) : undefined,
    signal: options.signal,
    replicas: options.replicas,
    resume: last?.state,
    checkpoints: kept
      ? {
          every: options.checkpoints!.every,
          save: async (state) => {
            const extra: RunMemory = { steps, rates, testAccuracy, seconds: seconds() };
            if (isFirst) await kept.save(state, extra);
          },
        }
      : undefined,
    onEvent: (event) => {
      if (event.type === 'epoch') {
        testAccuracy = event.evaluation?.accuracy ?? null;
        return;
      }
      const { step, epoch, loss, accuracy } = event;
      anneal((step + 1) / totalSteps);
      const imagesPerSecond = event.images / event.seconds;
      rates.push(imagesPerSecond);
      const strides = stridesOf(model, config);
      const record = { step, loss, accuracy, imagesPerSecond, strides };
      if (step % every === 0 || step === totalSteps - 1) steps.push(record);
      options.onProgress?.({ ...record, epoch, totalSteps, testAccuracy });
    },
  });
  const shiftSet = subset(testSet, Math.min(SHIFT_IMAGES, testSet.count), config.seed);
  const shift = await shiftConsistency(model, batches(shiftSet, input), {
    seed: config.seed,
    signal: options.signal,
  });
  const result: RunResult = {
    config,
    dataset: dataset.name,
    backend,
    environment: {
      node: process.version,
      tfjs: tf.version.tfjs,
      platform: `${platform()} ${process.arch}`,
      processor: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    },
    parameters: model.countParams(),
    initial,
    final: snapshot(model, config, dataset.train.shape),
    steps,
    epochs,
    accuracy: testAccuracy ?? 0,
    shift,
    imagesPerSecond: median(rates),
    seconds: seconds(),
    stopped,
  };
  optimizer.dispose();
  model.dispose();
  return result;
}

/** The checkpoints of a run, those of an earlier one removed unless they are to be gone on from. */
async function openCheckpoints({ folder, resume }: RunCheckpoints, isFirst: boolean) {
  if (!resume && isFirst) await rm(folder, { recursive: true, force: true });
  return checkpointFolder(folder, { onWarning: (message) => isFirst && console.warn(message) });
}

function batchInput({ classNames, mean, std }: ImageDataset, { batchSize }: RunConfig) {
  return { batchSize, classes: classNames.length, mean, std };
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

/** The strides of every pooling: learned where they are, else those of the configuration. */
function stridesOf(model: tf.LayersModel, { strides }: RunConfig): StridesByLayer {
  const learned = strideVariables(model);
  if (learned.length > 0) {
    return Object.fromEntries(learned.map(({ layer, strides: pair }) => [layer, pair]));
  }
  const names = ['stem', 'stage1', 'stage2.block0', 'stage3.block0', 'stage4.block0'];
  return Object.fromEntries(
    names.flatMap((name, i) =>
      i === 1 ? [] : [[`${name}.pool`, [strides[i]!, strides[i]!] as [number, number]]],
    ),
  );
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

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
