import { ConfigError, describe } from '@ds/checks';
import { type LayerWith, weightsOf } from '@ds/graph';
import { dispose, nextFrame, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { BatchPass } from './batch-pass.js';
import type { LabelledBatch } from './batches.js';
import type { EpochSummary } from './epoch-summary.js';
import { evaluatePass } from './evaluate.js';
import type { Evaluation } from './evaluation.js';
import { causeOfFailure, errorOfStep, errorOfWeights, isFiniteStep } from './finite-step.js';
import { areFinite } from './finite-weights.js';
import { drawingLayers, ForwardState } from './forward-state.js';
import { isFiniteRow } from './non-finite-row.js';
import { remainingBatches } from './remaining-batches.js';
import { averageStatistics } from './replica-exchange.js';
import type { Schedule } from './schedule.js';
import { type MadeStep, StepLog } from './step-log.js';
import type { StepMeasures } from './step-measures.js';
import { stepOutcome } from './step-outcome.js';
import type { TrainOptions, TrainResult } from './train-options.js';
import { type ShardGradients, shardGradients, update } from './train-step.js';
import {
  captureState,
  type EpochTotals,
  type StoredTensor,
  type TrainingState,
} from './training-state.js';
import { readsStall, WeightMirrors } from './weight-mirrors.js';

/**
 * The state of one call of `train`, with the methods that continue it. Its caller calls `begin`,
 * then `epoch` while `isDone` is false, and `end` in any case.
 */
export class TrainingRun {
  readonly #model: LayersModel;
  readonly #options: TrainOptions;
  readonly #drawing: LayerWith<'draws'>[];
  readonly #log = new StepLog();
  readonly #mirrors: WeightMirrors | null;
  /** The last step that this run made and reported. */
  #last: (MadeStep & { loss: number }) | null = null;
  readonly #readEvery: number;
  readonly #summaries: EpochSummary[];
  /** The epoch in progress. */
  #current: number;
  /** Number of batches of this epoch that are done. */
  #position: number;
  /** Sums over the steps of this epoch that have been read. */
  #totals: EpochTotals;
  /** Number of steps made, over all epochs. */
  #steps: number;
  #stopped: boolean;

  /** The model and the optimizer must already have the state that `options.resume` gives. */
  constructor(model: LayersModel, options: TrainOptions) {
    this.#model = model;
    this.#options = options;
    this.#drawing = drawingLayers(model);
    const { resume, replicas, sizeLag = 1 } = options;
    const stalls = readsStall();
    this.#readEvery = options.readEvery ?? (stalls && !replicas ? 20 : 1);
    this.#mirrors = stalls ? new WeightMirrors(model, sizeLag) : null;
    this.#summaries = [...(resume?.epochs ?? [])];
    this.#current = resume?.epoch ?? 0;
    this.#position = resume?.position ?? 0;
    this.#totals = { ...(resume?.totals ?? NO_TOTALS) };
    this.#steps = resume?.step ?? 0;
    this.#stopped = this.#isSignalled();
  }

  /** Whether there is nothing left to train, or the signal came. */
  get isDone(): boolean {
    return this.#stopped || this.#current >= this.#options.epochs;
  }

  get result(): TrainResult {
    return { epochs: this.#summaries, steps: this.#steps, stopped: this.#stopped };
  }

  /** Copies the strides to the host, before the first step needs them. */
  async begin(): Promise<void> {
    this.#mirrors?.refresh();
    await this.#mirrors?.settle(0);
  }

  /** Frees what the run holds, also after an error. */
  async end(): Promise<void> {
    this.#log.dispose();
    await this.#mirrors?.settle(0).catch(() => {});
    this.#mirrors?.forget();
  }

  /** Trains to the end of the epoch in progress, evaluates, and reports the epoch. */
  async epoch(): Promise<void> {
    await this.#makeSteps();
    const evaluation = await this.#evaluate();
    if (evaluation?.stopped) {
      this.#stopped = true;
      return;
    }
    const { loss, correct, images, seconds } = this.#totals;
    const summary: EpochSummary = {
      epoch: this.#current,
      loss: loss / images,
      accuracy: correct / images,
      evaluation,
      seconds,
      images,
    };
    this.#summaries.push(summary);
    await this.#options.onEvent?.({ type: 'epoch', ...summary });
    if (this.#stopped) return;
    this.#current += 1;
    this.#position = 0;
    this.#totals = { ...NO_TOTALS };
    await this.#checkpoint();
    this.#stopped = this.#isSignalled();
  }

  /** Makes the steps that the epoch still has, until the signal comes. */
  async #makeSteps(): Promise<void> {
    const { batches, checkpoints, replicas } = this.#options;
    const epoch = this.#current;
    this.#log.restart();
    const pass = new BatchPass('train');
    for await (const batch of remainingBatches(() => batches(epoch), this.#position, pass)) {
      if (batch.images.shape[0] === 0) {
        pass.release(batch);
        this.#position += 1;
        continue;
      }
      await this.#step(batch, pass);
      // Timers, signals and messages are handled here.
      await nextFrame();
      this.#stopped ||= !replicas && this.#isSignalled();
      if (this.#stopped || (checkpoints?.every && this.#steps % checkpoints.every === 0)) {
        await this.#report(null);
        await this.#checkpoint();
      }
      if (this.#stopped) break;
    }
    await this.#report(null);
    if (this.#totals.images === 0) {
      throw new ConfigError('train: batches must hold at least one image in each epoch, got none');
    }
    await this.#requireFiniteWeights();
  }

  /**
   * A loss shows only the weights before its step. The last step, or one before a checkpoint, may
   * have spoilt them.
   *
   * @throws NonFiniteLoss if a weight is not finite.
   */
  async #requireFiniteWeights(): Promise<void> {
    const weights = this.#model.weights.map((weight) => weight.read());
    if (this.#last && !(await areFinite(weights))) {
      throw await errorOfWeights(this.#model, this.#last);
    }
  }

  /** Makes one step. */
  async #step(batch: LabelledBatch, pass: BatchPass): Promise<void> {
    const start = performance.now();
    const images = batch.images.shape[0]!;
    const shard = pass.shardOf(batch, this.#model, this.#options);
    try {
      const made: MadeStep = {
        epoch: this.#current,
        step: this.#steps,
        learningRate: rateAt(this.#options.schedule, this.#steps),
        batch: this.#position,
        files: batch.files,
      };
      await this.#mirrors?.settle();
      await this.#stepOn(shard, { ...made, images }, start);
    } finally {
      pass.release(shard);
    }
    this.#position += 1;
    this.#steps += 1;
  }

  /**
   * Makes a step on a shard, and reports it at once or leaves it to a later report. If it fails
   * before the weights change, what the forward pass has changed is restored.
   */
  async #stepOn(
    shard: LabelledBatch,
    made: MadeStep & { images: number },
    start: number,
  ): Promise<void> {
    const model = this.#model;
    const { trained, untrained } = weightsOf(model);
    const before = new ForwardState(untrained, this.#drawing);
    try {
      const found = await this.#gradients(trained, shard, made, before);
      if (this.#readEvery > 1) {
        this.#log.add({ ...made, measures: found.measures, shapes: found.shapes });
        try {
          this.#apply(trained, found.gradients, made);
        } finally {
          dispose(found.gradients);
        }
        before.forget();
        this.#mirrors?.refresh();
        if (this.#log.length >= this.#readEvery) await this.#report(shard.images);
      } else {
        const outcome = await stepOutcome(found, made.images, this.#options);
        try {
          if (!isFiniteStep(outcome)) {
            // This step changed statistics. The search for the cause needs the ones before it.
            before.restore();
            throw await errorOfStep(model, outcome, made, shard.images);
          }
          this.#apply(trained, outcome.gradients, made);
        } finally {
          dispose(outcome.gradients);
        }
        before.forget();
        this.#mirrors?.refresh();
        await this.#mirrors?.settle(0);
        this.#stopped = outcome.stops;
        await this.#count(outcome, made, (performance.now() - start) / 1000);
      }
    } catch (error) {
      before.restore();
      throw error;
    } finally {
      before.forget();
    }
  }

  /**
   * The gradients of a shard. If they fail, what the pass has changed is restored, and the steps
   * before are reported first.
   */
  async #gradients(
    weights: LayerVariable[],
    shard: LabelledBatch,
    made: MadeStep & { images: number },
    before: ForwardState,
  ): Promise<ShardGradients> {
    const variables = weights.map((weight) => weight.read() as Variable);
    try {
      return shardGradients(this.#model, variables, shard, made.images, this.#options);
    } catch (error) {
      before.restore();
      await this.#report(null);
      throw await causeOfFailure(error, this.#model, made);
    }
  }

  #apply(weights: LayerVariable[], gradients: Tensor[], { learningRate }: MadeStep): void {
    update(weights, gradients, learningRate, this.#options.optimizer, this.#options.groups ?? []);
  }

  /**
   * Reads and reports the steps in the log, after it has copied the strides to the host.
   *
   * @param images those of the last step in the log, or `null` if they are no longer in memory.
   */
  async #report(images: Tensor | null): Promise<void> {
    if (this.#log.length > 0) await this.#mirrors?.settle(0);
    const steps = await this.#log.read();
    for (const [i, { loss, correct, nonFinite, seconds, ...made }] of steps.entries()) {
      const measures = { loss, correct, nonFinite };
      if (!isFiniteStep(measures)) {
        const own = i === steps.length - 1 ? images : null;
        throw await errorOfStep(this.#model, measures, made, own);
      }
      await this.#count(measures, made, seconds);
    }
  }

  /** Adds a step to the totals, and reports it. */
  async #count(
    { loss, correct }: StepMeasures,
    { images, ...made }: MadeStep & { images: number },
    seconds: number,
  ): Promise<void> {
    const { epoch, step, learningRate } = made;
    this.#last = { ...made, loss };
    const totals = this.#totals;
    totals.loss += loss * images;
    totals.correct += correct;
    totals.images += images;
    totals.seconds += seconds;
    const accuracy = correct / images;
    await this.#options.onEvent?.({
      type: 'step',
      epoch,
      step,
      learningRate,
      loss,
      accuracy,
      images,
      seconds,
    });
  }

  /**
   * Evaluates the model after an epoch. If the signal cuts the evaluation, the state from before it
   * is saved, so that a resumed training repeats the evaluation.
   */
  async #evaluate(): Promise<Evaluation | null> {
    const { evaluation, checkpoints, replicas, signal, losses, classWeights } = this.#options;
    // Captured before the statistics are averaged, and before the evaluation draws at random.
    const before = checkpoints && evaluation && !this.#stopped ? await this.#capture() : null;
    if (replicas) averageStatistics(this.#model, replicas);
    if (!evaluation) return null;
    const found = await evaluatePass(
      this.#model,
      evaluation,
      {
        signal: this.#stopped ? undefined : signal,
        replicas,
        losses,
        classWeights,
      },
      ['train', 'evaluation'],
    );
    if (found.stopped && before) await checkpoints!.save(before);
    return found;
  }

  /** Hands the present state to `checkpoints`. */
  async #checkpoint(): Promise<void> {
    const { checkpoints } = this.#options;
    if (!checkpoints) return;
    const state = await this.#capture();
    const own = state.statistics[this.#options.replicas?.rank ?? 0]!;
    const isWhole = ({ values }: StoredTensor) => isFiniteRow(values, 0, values.length);
    // A training could not resume from other weights.
    if (this.#last && ![...state.weights, ...own].every(isWhole)) {
      throw await errorOfWeights(this.#model, this.#last);
    }
    await checkpoints.save(state);
    this.#log.restart();
  }

  async #capture(): Promise<TrainingState> {
    const options = this.#options;
    // A training that resumes from this state makes its next step with the present strides. So does
    // this one, since all copies are applied.
    await this.#mirrors?.settle(0);
    const place = {
      epoch: this.#current,
      position: this.#position,
      totals: this.#totals,
      step: this.#steps,
      epochs: this.#summaries,
    };
    return captureState(this.#model, options.optimizer, place, options.replicas);
  }

  /** Whether the signal came, to this replica or to another one. */
  #isSignalled(): boolean {
    const { signal, replicas } = this.#options;
    const aborted = signal?.aborted ?? false;
    return replicas ? replicas.sum([[Number(aborted)]])[0]! > 0 : aborted;
  }
}

const NO_TOTALS: EpochTotals = { loss: 0, correct: 0, images: 0, seconds: 0 };

function rateAt(schedule: Schedule, step: number): number {
  const rate = schedule(step);
  if (!(Number.isFinite(rate) && rate >= 0)) {
    throw new ConfigError(
      `train: schedule must give a finite rate >= 0, got ${describe(rate)} at step ${step}`,
    );
  }
  return rate;
}
