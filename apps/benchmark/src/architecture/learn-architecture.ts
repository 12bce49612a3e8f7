import { batches, type ImageDataset, type ImageSet, subset } from '@ds/data';
import {
  budgetLoss,
  costReport,
  type LearnedResnetOptions,
  learnedCost,
  learnedResnet,
  type SizeRow,
  sizeReport,
} from '@ds/models';
import { adam, cosine, type ParameterGroup, type TrainingState, train } from '@ds/train';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/** Options of the `architecture` command. */
export interface ArchitectureOptions
  extends Required<
    Pick<LearnedResnetOptions, 'width' | 'stages' | 'blocks' | 'kernelSize' | 'initialKernelSize'>
  > {
  /** Multiply-adds for one image. Default half of the initial network's. */
  budget?: number;
  /** Factor of the penalty on the budget. */
  lambda: number;
  /** Training and test images. */
  images: number;
  testImages: number;
  epochs: number;
  batch: number;
  /** Peak of the cosine schedule, for Adam. */
  learningRate: number;
  /** Factor on the learning rate for sizes and strides. */
  sizeLearningRateScale: number;
  seed: number;
}

/** The files of a training: its checkpoints, and a line for each step. */
export interface KeptTraining {
  /** The state from which the training continues. Absent if it starts from the beginning. */
  last?: TrainingState;
  /** The steps before that state. */
  earlier: ArchitectureStep[];
  every: number;
  save: (state: TrainingState) => Promise<void>;
  /** Adds a step to the file of steps. */
  record: (step: ArchitectureStep) => void;
}

/** How a training is stopped, kept and shown. */
export interface ArchitectureRun {
  signal?: AbortSignal;
  /** Continues a training, and saves it. Default: it is not kept. */
  kept?: KeptTraining;
  onStep?: (step: ArchitectureStep, steps: number) => void;
}

/** The network after one step. */
export interface ArchitectureStep {
  step: number;
  loss: number;
  /** Of the batch, as a share. */
  accuracy: number;
  /** Multiply-adds for one image. */
  macs: number;
  sizes: SizeRow[];
}

/** The result of the training. */
export interface ArchitectureResult {
  dataset: string;
  images: number;
  testImages: number;
  epochs: number;
  /** Steps of the whole training. */
  planned: number;
  /** Whether the training was stopped before them. */
  stopped: boolean;
  budget: number;
  /** Multiply-adds before and after, by `costReport`. */
  macs: { initial: number; final: number };
  /** Test accuracy after each epoch, as a share. */
  testAccuracy: number[];
  /** The sizes before the first step. */
  initialSizes: SizeRow[];
  steps: ArchitectureStep[];
}

/**
 * Trains `learnedResnet` on a set of images, and records its sizes after each step. A training that
 * was kept continues with the numbers of one that was not interrupted.
 */
export async function learnArchitecture(
  data: ImageDataset,
  options: ArchitectureOptions,
  { signal, kept, onStep }: ArchitectureRun = {},
): Promise<ArchitectureResult> {
  const { width, stages, blocks, kernelSize, initialKernelSize, seed, lambda, epochs, batch } =
    options;
  const { learningRate, sizeLearningRateScale } = options;
  const shape = data.train.shape;
  const classes = data.classNames.length;
  const training = drawn(data.train, options.images, seed);
  const test = drawn(data.test, options.testImages, seed);
  const network = { width, stages, blocks, kernelSize, initialKernelSize, seed };
  const model = learnedResnet({ inputShape: shape, classes, ...network });
  const initial = trueCost(model, shape);
  const budget = options.budget ?? Math.round(initial / 2);
  const steps = epochs * Math.ceil(training.count / batch);
  const scale = { batchSize: batch, classes, mean: data.mean, std: data.std };
  const initialSizes = sizeReport(model);
  const history: ArchitectureStep[] = [...(kept?.earlier ?? [])];
  const optimizer = adam();
  try {
    const result = await train(model, {
      batches: (epoch) =>
        batches(training, {
          ...scale,
          shuffle: { seed, epoch },
          augmentation: { padding: 4, flip: true },
        }),
      evaluation: () => batches(test, scale),
      epochs,
      optimizer,
      schedule: cosine(learningRate, steps),
      groups: sizeGroups(sizeLearningRateScale),
      penalty: budgetLoss(model, budget, { lambda }),
      signal,
      resume: kept?.last,
      checkpoints: kept && { every: kept.every, save: kept.save },
      onEvent: (event) => {
        if (event.type !== 'step') return;
        const { step, loss, accuracy } = event;
        const now = {
          step: step + 1,
          loss,
          accuracy,
          macs: costNow(model),
          sizes: sizeReport(model),
        };
        history.push(now);
        kept?.record(now);
        onStep?.(now, steps);
      },
    });
    return {
      dataset: data.name,
      images: training.count,
      testImages: test.count,
      epochs,
      planned: steps,
      stopped: result.stopped,
      budget,
      macs: { initial, final: trueCost(model, shape) },
      testAccuracy: result.epochs.flatMap(({ evaluation }) => evaluation?.accuracy ?? []),
      initialSizes,
      steps: history,
    };
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

function drawn(set: ImageSet, count: number, seed: number): ImageSet {
  return subset(set, Math.min(count, set.count), seed);
}

/** Sizes and strides with their own learning rate. */
function sizeGroups(learningRateScale: number): ParameterGroup[] {
  const matches = ({ originalName }: LayerVariable) => /(^|\/)(sizes|strides)$/.test(originalName);
  return [{ matches, learningRateScale }];
}

function trueCost(model: LayersModel, shape: number[]): number {
  return costReport(model, shape).reduce((sum, { macs }) => sum + macs, 0);
}

/** The same count without an image. */
function costNow(model: LayersModel): number {
  const cost = learnedCost(model);
  const [macs] = cost.dataSync();
  cost.dispose();
  return macs!;
}
