import {
  dispose,
  nextFrame,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Evaluation, evaluate } from './evaluate.js';
import { requireHalfStorage } from './half-activations.js';
import { firstNonFinite, NonFiniteLoss } from './non-finite-loss.js';
import type { Optimizer } from './optimizer.js';
import { type ParameterGroup, requireGroups } from './parameter-groups.js';
import { remainingBatches } from './remaining-batches.js';
import { averageStatistics, openExchange, sumGradients } from './replica-exchange.js';
import type { ReplicaGroup } from './replica-group.js';
import type { Schedule } from './schedule.js';
import { labelsOf, shardOf } from './shard.js';
import { StepLog } from './step-log.js';
import { type StepMeasures, unpackMeasures } from './step-measures.js';
import { type ShardGradients, shardGradients, update } from './train-step.js';
import {
  captureState,
  type EpochTotals,
  restoreState,
  type TrainingPlace,
  type TrainingState,
} from './training-state.js';
import { readsStall, WeightMirrors } from './weight-mirrors.js';

/** Images and their labels as distributions over classes; the loop disposes of both. */
export interface LabelledBatch {
  images: Tensor;
  /** Of a model with several outputs, one tensor for each, in their order. */
  labels: Tensor2D | Tensor2D[];
}

/** Batches as they come: from memory, or read and decoded while others are trained on. */
export type Batches = Iterable<LabelledBatch> | AsyncIterable<LabelledBatch>;

/** The batches of an epoch; a source that can begin in its middle says how, and a resumed training has it do so. */
export type BatchSource = Batches & { from?: (batch: number) => Batches };

/** Options of {@link train}. */
export interface TrainOptions {
  /** The training batches of an epoch, counted from 0. */
  batches: (epoch: number) => BatchSource;
  /** The batches to evaluate on after each epoch. Default: none. */
  evaluation?: () => Batches;
  epochs: number;
  optimizer: Optimizer;
  schedule: Schedule;
  /** First match wins; see `standardGroups`. Default: every weight alike, without decay. */
  groups?: ParameterGroup[];
  /** ε of label smoothing. Default 0. */
  labelSmoothing?: number;
  /** Of the model's outputs, in their order: the loss is the sum of weighted cross-entropies. Default 1 each. */
  lossWeights?: number[];
  /** Added to the loss inside the gradient: λ·J of `complexityLoss`, or anything else. */
  penalty?: () => Scalar;
  /** Told of every step and epoch. */
  onEvent?: (event: TrainEvent) => void;
  /** Stops the training between two steps. */
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

/** What {@link train} returns. */
export interface TrainResult {
  /** Every epoch, the last one cut short if the signal came. */
  epochs: EpochSummary[];
  steps: number;
  /** Whether the signal ended it. */
  stopped: boolean;
}

/**
 * Trains a classifier that returns logits: for each batch
 * `L = cross-entropy + the model's own losses + penalty`, its gradient, one step of the optimizer
 * with each group's learning rate and decay, and the weights' constraints. Leaves no tensor behind;
 * the optimizer's state stays with the optimizer. A model with several outputs has several tasks: their weighted
 * cross-entropies are summed, and accuracies of steps and epochs are means over tasks.
 *
 * Replicas start from the weights of rank 0 and make the step of the whole batch: the shards' gradients
 * are summed, weighted by their images. Batch norm normalises each shard by its own statistics, as
 * mirrored training does; moving statistics are averaged after every epoch. Every replica is told the
 * same events and returns the same result, seconds aside.
 *
 * On a device's backend nothing is read back in a step but the strides' copy, which `sizeLag` is about. Losses come every `readEvery` steps;
 * should one not be finite, the weights have moved on by then, and a checkpoint is what to go back to.
 *
 * With `checkpoints` the state is handed out between steps, and with `resume` a training goes on from it: with the same
 * options and batches it ends with the numbers of one that was never interrupted.
 *
 * @throws Error on options out of range and on labels that do not match the model's classes;
 *   {@link NonFiniteLoss} if the loss is no longer finite: it names epoch, step, learning rate, and the first layer
 *   with a weight or an output that is not.
 */
export async function train(model: LayersModel, options: TrainOptions): Promise<TrainResult> {
  requireOptions(options);
  if (options.activations === 'float16') requireHalfStorage();
  const { signal, onEvent, replicas, resume, checkpoints } = options;
  const stalls = readsStall();
  const readEvery = options.readEvery ?? (stalls && !replicas ? 20 : 1);
  if (replicas) await openExchange(model, replicas);
  if (resume) restoreState(model, options.optimizer, resume, replicas);
  const mirrors = stalls ? new WeightMirrors(model, options.sizeLag ?? 1) : null;
  const log = new StepLog();
  const epochs: EpochSummary[] = [...(resume?.epochs ?? [])];
  let step = resume?.step ?? 0;
  let stopped = false;
  let totals: EpochTotals = { loss: 0, correct: 0, images: 0, seconds: 0 };

  const checkpoint = async (place: Omit<TrainingPlace, 'step' | 'epochs'>) => {
    if (!checkpoints) return;
    // What comes next begins with the weights as they are, as it would begin after a return to this state.
    await mirrors?.settle(0);
    await checkpoints.save(
      await captureState(model, options.optimizer, { ...place, step, epochs }, replicas),
    );
    log.restart();
  };
  /** Tells of the steps whose measures wait. Who is told finds the strides on the host. */
  const report = async (images: Tensor | null) => {
    if (log.length > 0) await mirrors?.settle(0);
    for (const { loss, correct, seconds, ...made } of await log.read()) {
      if (!Number.isFinite(loss)) {
        throw new NonFiniteLoss({ ...(await firstNonFinite(model, images)), loss, ...made });
      }
      count({ loss, correct }, made, seconds);
    }
  };
  const count = (
    { loss, correct }: StepMeasures,
    { images, ...made }: { epoch: number; step: number; learningRate: number; images: number },
    seconds: number,
  ) => {
    totals.loss += loss * images;
    totals.correct += correct;
    totals.images += images;
    totals.seconds += seconds;
    const accuracy = correct / images;
    onEvent?.({ type: 'step', ...made, loss, accuracy, images, seconds });
  };

  try {
    mirrors?.refresh();
    await mirrors?.settle(0);
    for (let epoch = resume?.epoch ?? 0; epoch < options.epochs && !stopped; epoch++) {
      const isResumed = epoch === resume?.epoch;
      const done = isResumed ? resume.position : 0;
      totals = isResumed ? { ...resume.totals } : { loss: 0, correct: 0, images: 0, seconds: 0 };
      let position = done;
      log.restart();
      for await (const batch of remainingBatches(options.batches(epoch), done)) {
        position += 1;
        const start = performance.now();
        const made = { epoch, step, learningRate: options.schedule(step) };
        const images = batch.images.shape[0]!;
        const shard = shardOf(batch, replicas);
        try {
          await mirrors?.settle();
          const weights = model.trainableWeights;
          const variables = weights.map((weight) => weight.read() as Variable);
          const found = shardGradients(model, variables, shard, images, options);
          const apply = (gradients: Tensor[]) =>
            update(weights, gradients, made.learningRate, options.optimizer, options.groups ?? []);
          if (readEvery > 1) {
            apply(found.gradients);
            dispose(found.gradients);
            mirrors?.refresh();
            log.add({ ...made, images, measures: found.measures!, shapes: found.shapes });
            if (log.length >= readEvery) await report(shard.images);
          } else {
            const outcome = await summed(found, options);
            try {
              if (!Number.isFinite(outcome.loss)) {
                const first = await firstNonFinite(model, shard.images);
                throw new NonFiniteLoss({ ...first, loss: outcome.loss, ...made });
              }
              apply(outcome.gradients);
            } finally {
              dispose(outcome.gradients);
            }
            mirrors?.refresh();
            await mirrors?.settle(0);
            stopped = outcome.stops;
            count(outcome, { ...made, images }, (performance.now() - start) / 1000);
          }
        } finally {
          dispose([shard.images, ...labelsOf(shard)]);
        }
        step += 1;
        // Lets timers, signals and messages in.
        await nextFrame();
        stopped ||= !replicas && (signal?.aborted ?? false);
        if (stopped || (checkpoints?.every && step % checkpoints.every === 0)) {
          await report(null);
          await checkpoint({ epoch, position, totals });
        }
        if (stopped) break;
      }
      await report(null);
      if (totals.images === 0) {
        throw new Error('train: batches must hold at least one image in each epoch, got none');
      }
      if (replicas) averageStatistics(model, replicas);
      const summary: EpochSummary = {
        epoch,
        loss: totals.loss / totals.images,
        accuracy: totals.correct / totals.images,
        evaluation: options.evaluation
          ? await evaluate(model, options.evaluation(), {
              signal: stopped ? undefined : signal,
              replicas,
            })
          : null,
        seconds: totals.seconds,
        images: totals.images,
      };
      epochs.push(summary);
      onEvent?.({ type: 'epoch', ...summary });
      if (!stopped) {
        const nothing = { loss: 0, correct: 0, images: 0, seconds: 0 };
        await checkpoint({ epoch: epoch + 1, position: 0, totals: nothing });
      }
      stopped ||= isStopped(options);
    }
  } finally {
    log.dispose();
    await mirrors?.settle(0).catch(() => {});
    mirrors?.forget();
  }
  return { epochs, steps: step, stopped };
}

/** What a step came to, over all replicas. */
interface StepOutcome extends StepMeasures {
  gradients: Tensor[];
  /** Whether some replica's signal had come before it. */
  stops: boolean;
}

/** Reads a shard's measures and adds up those of all replicas, and their gradients. Disposes of what it is given. */
async function summed(
  { gradients, measures, shapes }: ShardGradients,
  { replicas, signal }: TrainOptions,
): Promise<StepOutcome> {
  const own = measures
    ? unpackMeasures((await measures.data()) as Float32Array, shapes)
    : { loss: 0, correct: 0 };
  measures?.dispose();
  if (!replicas) return { ...own, gradients, stops: false };
  const extras = [own.loss, own.correct, Number(signal?.aborted ?? false)];
  const sums = sumGradients(gradients, extras, replicas);
  const [loss, correct, stops] = sums.extras as [number, number, number];
  return { loss, correct, gradients: sums.gradients, stops: stops > 0 };
}

/** Whether the signal came, to any of the replicas. */
function isStopped({ signal, replicas }: TrainOptions): boolean {
  const aborted = signal?.aborted ?? false;
  return replicas ? replicas.sum([[Number(aborted)]])[0]! > 0 : aborted;
}

function requireOptions({
  epochs,
  groups = [],
  labelSmoothing = 0,
  lossWeights,
  checkpoints,
  readEvery = 1,
  sizeLag = 0,
  activations = 'float32',
  replicas,
}: TrainOptions): void {
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new Error(`train: epochs must be an integer >= 1, got ${epochs}`);
  }
  if (checkpoints?.every !== undefined && !(checkpoints.every >= 1)) {
    throw new Error(`train: checkpoints.every must be >= 1, got ${checkpoints.every}`);
  }
  if (!Number.isInteger(readEvery) || readEvery < 1 || (replicas && readEvery > 1)) {
    throw new Error(
      `train: readEvery must be an integer >= 1, and 1 with replicas, got ${readEvery}`,
    );
  }
  if (sizeLag !== 0 && sizeLag !== 1) {
    throw new Error(`train: sizeLag must be 0 or 1, got ${sizeLag}`);
  }
  if (activations !== 'float32' && activations !== 'float16') {
    throw new Error(`train: activations must be 'float32' or 'float16', got '${activations}'`);
  }
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new Error(`train: labelSmoothing must be in [0, 1), got ${labelSmoothing}`);
  }
  if (lossWeights?.some((weight) => !(Number.isFinite(weight) && weight >= 0))) {
    throw new Error(`train: lossWeights must be finite and >= 0, got [${lossWeights}]`);
  }
  requireGroups('train', groups);
}
