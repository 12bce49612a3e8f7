import type { Scalar } from '@tensorflow/tfjs-core';
import type { Batches, BatchSource } from './batches.js';
import type { EpochSummary } from './epoch-summary.js';
import type { Optimizer } from './optimizer.js';
import type { OutputLosses } from './output-loss.js';
import type { ParameterGroup } from './parameter-groups.js';
import type { ReplicaGroup } from './replica-group.js';
import type { Schedule } from './schedule.js';
import type { TrainingState } from './training-state.js';

/** Options of `train`. */
export interface TrainOptions extends OutputLosses {
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
  /**
   * Is called after every step and every epoch. The training waits for a promise that it returns,
   * and fails if that one rejects.
   */
  onEvent?: (event: TrainEvent) => void;
  /**
   * Stops the training between two steps, or between two batches of an evaluation. If it comes
   * within the steps of an epoch, the evaluation of this epoch still runs to its end.
   */
  signal?: AbortSignal;
  /**
   * The replicas that train this model together, from `@ds/train/replicas`. Each must be given the
   * same options and the same batches. Each trains on its own shard of every batch.
   */
  replicas?: ReplicaGroup;
  /**
   * The state to resume from, as `checkpoints` received it. The other options must be the same as
   * before.
   */
  resume?: TrainingState | undefined;
  /** Receives the state of the training, to save it. */
  checkpoints?: CheckpointOptions;
  /**
   * Number of steps whose loss and accuracy are read together, and then reported one after the
   * other. Default 1, or 20 on backends that keep tensors on a device (WebGPU, WebGL). A read there
   * waits for everything in the queue. Must be 1 with replicas.
   */
  readEvery?: number;
  /**
   * For backends that keep tensors on a device: the age, in steps, of the strides that decide the
   * output sizes of learned poolings. With 1, the default, the copy to the host overlaps with a
   * step. With 0 the sizes are those of other backends, and each step waits for the step before it,
   * as it does with `readEvery` 1.
   */
  sizeLag?: 0 | 1;
  /**
   * The type in which activations are stored from the forward pass until their gradients need them.
   * Default `'float32'`. `'float16'` works on WebGPU only. It halves this memory, so batches can be
   * larger. Everything is still computed in float32, also gradients, so the loss needs no scaling.
   * The loss is the same to the last bit. Gradients differ by the rounding of activations to 11
   * bits. Activations beyond ±65,504 are clipped.
   */
  activations?: 'float32' | 'float16';
  /**
   * Whether the gradients of a step free memory while they are computed. For this, each step
   * changes tfjs's tape. Default true. With `false` the gradients are the same to the last bit, and
   * the step needs more memory.
   */
  releaseEarly?: boolean;
}

/**
 * When `train` saves its state: after this number of steps, after every epoch, and when the signal
 * stops the training.
 */
export interface CheckpointOptions {
  /** Number of steps between two states within an epoch. Default: only after epochs. */
  every?: number;
  /** Saves a state. The training waits for the promise, and fails if it rejects. */
  save: (state: TrainingState) => Promise<void> | void;
}

/** Progress of a training. Epochs and steps count from 0; accuracies are shares. */
export type TrainEvent =
  | {
      type: 'step';
      epoch: number;
      /** Counted over all epochs. */
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

/** What `train` returns. */
export interface TrainResult {
  /**
   * Every epoch with a complete evaluation. If the signal came within the steps of an epoch, this
   * epoch is the last one, and shorter.
   */
  epochs: EpochSummary[];
  steps: number;
  /** Whether the signal stopped the training. */
  stopped: boolean;
}
