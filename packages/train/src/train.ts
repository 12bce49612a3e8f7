import {
  add,
  addN,
  dispose,
  keep,
  mul,
  nextFrame,
  type Scalar,
  scalar,
  type Tensor,
  type Tensor2D,
  tidy,
  type Variable,
  variableGrads,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { correctPredictions, crossEntropy } from './cross-entropy.js';
import { type Evaluation, evaluate } from './evaluate.js';
import { firstNonFinite, NonFiniteLoss } from './non-finite-loss.js';
import type { Optimizer } from './optimizer.js';
import { groupOf, type ParameterGroup, requireGroups } from './parameter-groups.js';
import { remainingBatches } from './remaining-batches.js';
import { averageStatistics, openExchange, sumGradients } from './replica-exchange.js';
import type { ReplicaGroup } from './replica-group.js';
import type { Schedule } from './schedule.js';
import { labelsOf, logitsOf, shardOf } from './shard.js';
import {
  captureState,
  type EpochTotals,
  restoreState,
  type TrainingPlace,
  type TrainingState,
} from './training-state.js';

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
 * With `checkpoints` the state is handed out between steps, and with `resume` a training goes on from it: with the same
 * options and batches it ends with the numbers of one that was never interrupted.
 *
 * @throws Error on options out of range and on labels that do not match the model's classes;
 *   {@link NonFiniteLoss} if the loss is no longer finite: it names epoch, step, learning rate, and the first layer
 *   with a weight or an output that is not.
 */
export async function train(model: LayersModel, options: TrainOptions): Promise<TrainResult> {
  requireOptions(options);
  const { signal, onEvent, replicas, resume, checkpoints } = options;
  if (replicas) await openExchange(model, replicas);
  if (resume) restoreState(model, options.optimizer, resume, replicas);
  const weights = model.trainableWeights;
  const epochs: EpochSummary[] = [...(resume?.epochs ?? [])];
  let step = resume?.step ?? 0;
  let stopped = false;
  const checkpoint = async (place: Omit<TrainingPlace, 'step' | 'epochs'>) => {
    if (!checkpoints) return;
    await checkpoints.save(
      captureState(model, options.optimizer, { ...place, step, epochs }, replicas),
    );
  };
  for (let epoch = resume?.epoch ?? 0; epoch < options.epochs && !stopped; epoch++) {
    const isResumed = epoch === resume?.epoch;
    const done = isResumed ? resume.position : 0;
    const totals: EpochTotals = isResumed
      ? { ...resume.totals }
      : { loss: 0, correct: 0, images: 0, seconds: 0 };
    let position = done;
    for await (const batch of remainingBatches(options.batches(epoch), done)) {
      position += 1;
      const start = performance.now();
      const learningRate = options.schedule(step);
      const outcome = trainStep(model, weights, batch, learningRate, options);
      const { loss, correct, images } = outcome;
      if (outcome.first) {
        throw new NonFiniteLoss({ ...outcome.first, loss, epoch, step, learningRate });
      }
      const seconds = (performance.now() - start) / 1000;
      totals.loss += loss * images;
      totals.correct += correct;
      totals.images += images;
      totals.seconds += seconds;
      const accuracy = correct / images;
      onEvent?.({ type: 'step', epoch, step, loss, accuracy, learningRate, images, seconds });
      step += 1;
      // Lets timers, signals and messages in.
      await nextFrame();
      stopped = outcome.stops || (!replicas && (signal?.aborted ?? false));
      if (stopped || (checkpoints?.every && step % checkpoints.every === 0)) {
        await checkpoint({ epoch, position, totals });
      }
      if (stopped) break;
    }
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
  return { epochs, steps: step, stopped };
}

/** Whether the signal came, to any of the replicas. */
function isStopped({ signal, replicas }: TrainOptions): boolean {
  const aborted = signal?.aborted ?? false;
  return replicas ? replicas.sum([[Number(aborted)]])[0]! > 0 : aborted;
}

/** What a step came to, over all replicas. */
interface StepOutcome {
  loss: number;
  correct: number;
  images: number;
  /** Whether some replica's signal had come before it. */
  stops: boolean;
  /** Where the loss ceased to be finite; such a step changes no weight. */
  first: ReturnType<typeof firstNonFinite> | null;
}

/** One update; the batch is disposed of. */
function trainStep(
  model: LayersModel,
  weights: LayerVariable[],
  batch: LabelledBatch,
  learningRate: number,
  options: TrainOptions,
): StepOutcome {
  const { optimizer, groups = [], replicas, signal } = options;
  const variables = weights.map((weight) => weight.read() as Variable);
  const total = batch.images.shape[0]!;
  const shard = shardOf(batch, replicas);
  try {
    const outcome = tidy(() => {
      let { loss, correct, gradients } = lossGradients(model, variables, shard, total, options);
      let stops = false;
      if (replicas) {
        const extras = [loss, correct, Number(signal?.aborted ?? false)];
        const sums = sumGradients(gradients, extras, replicas);
        gradients = sums.gradients;
        [loss, correct] = sums.extras as [number, number];
        stops = sums.extras[2]! > 0;
      }
      if (Number.isFinite(loss)) {
        update(weights, variables, gradients, learningRate, optimizer, groups);
      }
      return { loss, correct, images: total, stops };
    });
    const isWell = Number.isFinite(outcome.loss);
    return { ...outcome, first: isWell ? null : firstNonFinite(model, shard.images) };
  } finally {
    dispose([shard.images, ...labelsOf(shard)]);
  }
}

/**
 * Loss, right predictions and gradients of a shard, as its share of those of the whole batch: their
 * sums over the shards are the batch's. Belongs in a `tidy`.
 */
function lossGradients(
  model: LayersModel,
  variables: Variable[],
  shard: LabelledBatch,
  total: number,
  { labelSmoothing = 0, lossWeights, penalty }: TrainOptions,
): { loss: number; correct: number; gradients: Tensor[] } {
  const { images } = shard;
  const labels = labelsOf(shard);
  const size = images.shape[0]!;
  if (size === 0) return { loss: 0, correct: 0, gradients: variables.map((v) => zerosLike(v)) };
  let kept: Tensor2D[] = [];
  try {
    const { value, grads } = variableGrads(() => {
      kept = logitsOf(model.apply(images, { training: true }), labels).map((one) => keep(one));
      const terms = kept.map((logits, task) => {
        const loss = crossEntropy(logits, labels[task]!, labelSmoothing);
        return lossWeights ? (mul(loss, scalar(lossWeights[task]!)) as Scalar) : loss;
      });
      terms.push(...(model.calculateLosses() as Scalar[]));
      if (penalty) terms.push(penalty());
      const loss = terms.length === 1 ? terms[0]! : (addN(terms) as Scalar);
      return size === total ? loss : mul(loss, scalar(size / total));
    }, variables);
    return {
      loss: value.dataSync()[0]!,
      correct: mean(kept.map((logits, task) => correctPredictions(logits, labels[task]!))),
      gradients: variables.map(({ name }) => grads[name]!),
    };
  } finally {
    dispose(kept);
  }
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function update(
  weights: LayerVariable[],
  variables: Variable[],
  gradients: Tensor[],
  learningRate: number,
  optimizer: Optimizer,
  groups: ParameterGroup[],
): void {
  const updates = variables.map((value, index) => {
    const { learningRateScale, weightDecay } = groupOf(weights[index]!, groups);
    const plain = gradients[index]!;
    return {
      name: value.name,
      value,
      gradient: weightDecay > 0 ? add(plain, mul(value, scalar(weightDecay))) : plain,
      learningRate: learningRate * learningRateScale,
    };
  });
  const values = optimizer.step(updates);
  weights.forEach((weight, index) => {
    weight.write(values[index]!);
  });
}

function requireOptions({
  epochs,
  groups = [],
  labelSmoothing = 0,
  lossWeights,
  checkpoints,
}: TrainOptions): void {
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new Error(`train: epochs must be an integer >= 1, got ${epochs}`);
  }
  if (checkpoints?.every !== undefined && !(checkpoints.every >= 1)) {
    throw new Error(`train: checkpoints.every must be >= 1, got ${checkpoints.every}`);
  }
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new Error(`train: labelSmoothing must be in [0, 1), got ${labelSmoothing}`);
  }
  if (lossWeights?.some((weight) => !(Number.isFinite(weight) && weight >= 0))) {
    throw new Error(`train: lossWeights must be finite and >= 0, got [${lossWeights}]`);
  }
  requireGroups('train', groups);
}
