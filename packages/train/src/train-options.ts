import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Evaluation } from './evaluate.js';
import type { Optimizer } from './optimizer.js';
import type { ParameterGroup } from './parameter-groups.js';
import type { ReplicaGroup } from './replica-group.js';
import type { Schedule } from './schedule.js';
import type { TrainingState } from './training-state.js';

/**
 * Images, and their labels as distributions over classes. {@link Batches} says which of them are
 * disposed of.
 */
export interface LabelledBatch {
  images: Tensor;
  /** Of a model with several outputs, one tensor for each, in their order. */
  labels: Tensor2D | Tensor2D[];
  /** The file of each image, if the images come from files. Errors name it. */
  files?: string[];
}

/**
 * Batches as they come: a list, or an iterator that reads and decodes some while others are trained
 * on.
 *
 * Tensors that exist before a pass belong to the caller. It may use them again, and disposes of
 * them. Tensors that are made in the pass, by the function that makes the batches or by their
 * iterator, belong to the loop, which disposes of them after use. tfjs's `keep` excepts a tensor
 * from this. A pass is an epoch of training, or an evaluation.
 */
export type Batches = Iterable<LabelledBatch> | AsyncIterable<LabelledBatch>;

/** The batches of an epoch; a source that can begin in its middle says how, and a resumed training has it do so. */
export type BatchSource = Batches & { from?: (batch: number) => Batches };

/** Options of `train`. */
export interface TrainOptions {
  /** The training batches of an epoch, counted from 0. */
  batches: (epoch: number) => BatchSource;
  /** The batches to evaluate on after each epoch. Default: none. */
  evaluation?: () => Batches;
  epochs: number;
  optimizer: Optimizer;
  schedule: Schedule;
  /**
   * First match wins; see `standardGroups`. Each group needs the function `matches`. Default: every
   * weight alike, without decay.
   */
  groups?: ParameterGroup[];
  /** ε of label smoothing. Default 0. */
  labelSmoothing?: number;
  /**
   * A finite number >= 0 for each of the model's outputs, in their order: the loss is the sum of
   * weighted cross-entropies. Default 1 each.
   */
  lossWeights?: number[];
  /** Added to the loss inside the gradient: λ·J of `complexityLoss`, or anything else. */
  penalty?: () => Scalar;
  /** Told of every step and epoch. */
  onEvent?: (event: TrainEvent) => void;
  /** Stops the training between two steps, or between two batches of an evaluation. */
  signal?: AbortSignal;
  /**
   * The replicas that train this model together, from `@ds/train/replicas`: each must be given the
   * same options and yields the same batches, of which it trains on its shard.
   */
  replicas?: ReplicaGroup;
  /** A state that `checkpoints` was given, to go on from; the other options must be what they were. */
  resume?: TrainingState;
  /** Is given the state of the training now and then, to keep it. */
  checkpoints?: CheckpointOptions;
  /**
   * Steps whose loss and accuracy are read together, and told of one after the other then. Default 1; 20 on backends that keep tensors on a
   * device (WebGPU, WebGL), where reading waits for everything that was queued. Must be 1 with replicas.
   */
  readEvery?: number;
  /**
   * On such backends: how many steps old the strides may be that decide the sizes of what learned poolings give out. Default 1, so that
   * the copy to the host overlaps with a step; with 0 sizes are those of other backends, and each step waits for the one before it, as it
   * does with `readEvery` 1.
   */
  sizeLag?: 0 | 1;
  /**
   * How activations are kept from the forward pass until their gradients need them. Default `'float32'`; `'float16'` on WebGPU takes half of that
   * memory, for larger batches. Everything is computed in float32, gradients among it, so that they need no scaling of the loss: the loss
   * is the same to the last bit, a gradient differs by what 11 bits of an activation do. Activations beyond ±65,504 are cut.
   */
  activations?: 'float32' | 'float16';
  /**
   * Whether the gradients of a step free memory while they are computed. For this, each step
   * changes tfjs's tape. Default true. With `false` the gradients are the same to the last bit, and
   * the step needs more memory.
   */
  releaseEarly?: boolean;
}

/** When a training's state is saved: after so many steps, after every epoch, and when the signal ends it. */
export interface CheckpointOptions {
  /** Steps from one to the next within an epoch. Default: none, epochs only. */
  every?: number;
  /** The training goes on when it has resolved, and fails if it fails. */
  save: (state: TrainingState) => Promise<void> | void;
}

/** Progress of a training. Epochs and steps count from 0; accuracies are shares. */
export type TrainEvent =
  | {
      type: 'step';
      epoch: number;
      /** Over all epochs. */
      step: number;
      loss: number;
      accuracy: number;
      learningRate: number;
      /** Number of images in the batch. */
      images: number;
      /** Seconds the step took. */
      seconds: number;
    }
  | ({ type: 'epoch' } & EpochSummary);

/** One epoch as it came out. */
export interface EpochSummary {
  epoch: number;
  /** Means over the epoch's training images, measured while they were trained on. */
  loss: number;
  accuracy: number;
  /** On the evaluation batches, after the epoch. */
  evaluation: Evaluation | null;
  /** Seconds in training steps, evaluation apart. */
  seconds: number;
  images: number;
}

/** What `train` returns. */
export interface TrainResult {
  /**
   * Every epoch whose evaluation is complete, the last one cut short if the signal came within its
   * steps.
   */
  epochs: EpochSummary[];
  steps: number;
  /** Whether the signal ended it. */
  stopped: boolean;
}
