import { weightsOf } from '@ds/graph';
import { dispose, nextFrame, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { requireTrained, requireTrainOptions } from './argument-checks.js';
import { BatchPass } from './batch-pass.js';
import { evaluatePass } from './evaluate.js';
import { blamed, NonFiniteLoss } from './non-finite-loss.js';
import { codeOfRow, type NonFiniteRow, rowOfCode } from './non-finite-row.js';
import { remainingBatches } from './remaining-batches.js';
import { averageStatistics, openExchange, sumGradients } from './replica-exchange.js';
import type { ReplicaGroup } from './replica-group.js';
import type { Schedule } from './schedule.js';
import { shardOf, shardStart } from './shard.js';
import { StepLog } from './step-log.js';
import { type ShardMeasures, type StepMeasures, stepMeasures } from './step-measures.js';
import type { EpochSummary, TrainOptions, TrainResult } from './train-options.js';
import { type ShardGradients, shardGradients, update } from './train-step.js';
import {
  captureState,
  type EpochTotals,
  restoreState,
  type TrainingPlace,
} from './training-state.js';
import { readsStall, WeightMirrors } from './weight-mirrors.js';

/**
 * Trains a classifier that returns logits. For each batch it takes the loss
 * `L = cross-entropy + the model's own losses + penalty`, its gradient, and one step of the
 * optimizer with each group's learning rate and decay. The weights' constraints apply. It leaves no
 * tensor behind; the optimizer's state stays with the optimizer. A model with several outputs has
 * several tasks: their weighted cross-entropies are summed, and accuracies of steps and epochs are
 * means over tasks.
 *
 * Replicas start from the weights of rank 0 and make the step of the whole batch: the shards'
 * gradients are summed, weighted by their images. Batch norm normalises each shard by its own
 * statistics, as mirrored training does; moving statistics are averaged after every epoch. Every
 * replica reports the same events and returns the same result, except for seconds.
 *
 * On a GPU's backend a step reads back nothing but the copy of the strides (see `sizeLag`). Losses
 * come every `readEvery` steps. If one is not finite, the weights have moved on by then: go back to
 * a checkpoint.
 *
 * Batches that exist before an epoch belong to the caller, and batches that are made in it are
 * disposed of; see `Batches`. With a signal that is already aborted it ends before the first step,
 * and makes no batch.
 *
 * With `checkpoints` it hands out its state between steps, and with `resume` it goes on from such a
 * state. With the same options and batches it then ends with the numbers of a training without a
 * break. An evaluation that the signal cuts is not told of: its epoch is no part of the result, and
 * the state is that before it, from which it is made again.
 *
 * @throws Error on options out of range and on labels that do not match the model's classes;
 *   {@link NonFiniteLoss} if the loss is no longer finite. It names epoch, step and learning rate.
 *   It also names the batch and its image if these are not finite, or else the first layer with a
 *   weight or an output that is not.
 */
export async function train(model: LayersModel, options: TrainOptions): Promise<TrainResult> {
  requireTrained(model);
  requireTrainOptions(options, model);
  const { signal, onEvent, replicas, resume, checkpoints } = options;
  const stalls = readsStall();
  const readEvery = options.readEvery ?? (stalls && !replicas ? 20 : 1);
  if (replicas) await openExchange(model, replicas);
  if (resume) restoreState(model, options.optimizer, resume, replicas);
  const mirrors = stalls ? new WeightMirrors(model, options.sizeLag ?? 1) : null;
  const log = new StepLog();
  const epochs: EpochSummary[] = [...(resume?.epochs ?? [])];
  let step = resume?.step ?? 0;
  let stopped = isStopped(options);
  let totals: EpochTotals = { loss: 0, correct: 0, images: 0, seconds: 0 };

  const capture = async (place: Omit<TrainingPlace, 'step' | 'epochs'>) => {
    // What comes next begins with the weights as they are, as it would begin after a return to this state.
    await mirrors?.settle(0);
    return captureState(model, options.optimizer, { ...place, step, epochs }, replicas);
  };
  const checkpoint = async (place: Omit<TrainingPlace, 'step' | 'epochs'>) => {
    if (!checkpoints) return;
    await checkpoints.save(await capture(place));
    log.restart();
  };
  /** Reports pending steps, after it has copied the strides to the host. */
  const report = async (images: Tensor | null) => {
    if (log.length > 0) await mirrors?.settle(0);
    for (const { loss, correct, nonFinite, seconds, ...made } of await log.read()) {
      await requireFinite({ loss, correct, nonFinite }, made, images);
      count({ loss, correct }, made, seconds);
    }
  };
  const requireFinite = async (
    { loss, nonFinite }: ShardMeasures,
    { epoch, step, learningRate, batch, files }: MadeStep,
    images: Tensor | null,
  ) => {
    if (Number.isFinite(loss) && !nonFinite) return;
    const first = await blamed(model, nonFinite, images, files);
    throw new NonFiniteLoss({ ...first, loss, epoch, step, learningRate, batch });
  };
  const count = (
    { loss, correct }: StepMeasures,
    { images, epoch, step, learningRate }: MadeStep & { images: number },
    seconds: number,
  ) => {
    totals.loss += loss * images;
    totals.correct += correct;
    totals.images += images;
    totals.seconds += seconds;
    const accuracy = correct / images;
    onEvent?.({ type: 'step', epoch, step, learningRate, loss, accuracy, images, seconds });
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
      const pass = new BatchPass('train');
      for await (const batch of remainingBatches(() => options.batches(epoch), done, pass)) {
        position += 1;
        const start = performance.now();
        const images = batch.images.shape[0]!;
        const shard = shardOf(batch, replicas);
        if (shard !== batch) pass.release(batch);
        try {
          const made: MadeStep = {
            epoch,
            step,
            learningRate: rateAt(options.schedule, step),
            batch: position - 1,
            files: batch.files,
          };
          await mirrors?.settle();
          const weights = weightsOf(model).trained;
          const variables = weights.map((weight) => weight.read() as Variable);
          let found: ShardGradients;
          try {
            found = shardGradients(model, variables, shard, images, options);
          } catch (error) {
            await report(shard.images);
            throw await causeOf(error, model, made);
          }
          const apply = (gradients: Tensor[]) =>
            update(weights, gradients, made.learningRate, options.optimizer, options.groups ?? []);
          if (readEvery > 1) {
            apply(found.gradients);
            dispose(found.gradients);
            mirrors?.refresh();
            log.add({ ...made, images, measures: found.measures!, shapes: found.shapes });
            if (log.length >= readEvery) await report(shard.images);
          } else {
            const outcome = await summed(found, images, options);
            try {
              await requireFinite(outcome, made, shard.images);
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
          pass.release(shard);
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
      // An evaluation that is cut is made again from here: before statistics are averaged, and
      // before it draws.
      const unevaluated =
        checkpoints && options.evaluation && !stopped
          ? await capture({ epoch, position, totals })
          : null;
      if (replicas) averageStatistics(model, replicas);
      const evaluation = options.evaluation
        ? await evaluatePass(model, options.evaluation, {
            signal: stopped ? undefined : signal,
            replicas,
          })
        : null;
      if (evaluation?.stopped) {
        if (unevaluated) await checkpoints!.save(unevaluated);
        stopped = true;
        break;
      }
      const summary: EpochSummary = {
        epoch,
        loss: totals.loss / totals.images,
        accuracy: totals.correct / totals.images,
        evaluation,
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

/** The cause of a failed step. A layer may have refused a weight that is not finite. */
async function causeOf(error: unknown, model: LayersModel, made: MadeStep): Promise<unknown> {
  const place = await blamed(model, null, null, made.files);
  if (place.source !== 'weight') return error;
  return new NonFiniteLoss({ ...made, ...place, loss: Number.NaN }, { cause: error });
}

/** A step that was made, and its batch. */
interface MadeStep {
  epoch: number;
  step: number;
  learningRate: number;
  batch: number;
  files?: string[];
}

/** What a step came to, over all replicas. */
interface StepOutcome extends ShardMeasures {
  gradients: Tensor[];
  /** Whether some replica's signal had come before it. */
  stops: boolean;
}

/**
 * Reads a shard's measures, and sums them and the gradients over all replicas, for a batch of
 * `images`. Disposes of its arguments.
 */
async function summed(
  { gradients, measures, shapes }: ShardGradients,
  images: number,
  { replicas, signal }: TrainOptions,
): Promise<StepOutcome> {
  const own = measures
    ? stepMeasures((await measures.data()) as Float32Array, shapes)
    : { loss: 0, correct: 0, nonFinite: null };
  measures?.dispose();
  if (!replicas) return { ...own, gradients, stops: false };
  const extras = [own.loss, own.correct, Number(signal?.aborted ?? false)];
  // Each replica writes its own place and 0 elsewhere, so the sum is a concatenation.
  const rows = Array.from({ length: replicas.size }, () => 0);
  rows[replicas.rank] = codeOfRow(own.nonFinite);
  const sums = sumGradients(gradients, [...extras, ...rows], replicas);
  const [loss, correct, stops, ...codes] = sums.extras as [number, number, number, ...number[]];
  return {
    loss,
    correct,
    nonFinite: firstRow(codes, images, replicas),
    gradients: sums.gradients,
    stops: stops > 0,
  };
}

/** The first row that is not finite, over all replicas, counted in the whole batch. */
function firstRow(codes: number[], images: number, replicas: ReplicaGroup): NonFiniteRow | null {
  const rank = codes.findIndex((code) => code > 0);
  const row = rowOfCode(codes[rank] ?? 0);
  return row && { ...row, image: row.image + shardStart(images, rank, replicas) };
}

function rateAt(schedule: Schedule, step: number): number {
  const rate = schedule(step);
  if (!(Number.isFinite(rate) && rate >= 0)) {
    throw new Error(`train: schedule must give a finite rate >= 0, got ${rate} at step ${step}`);
  }
  return rate;
}

/** Whether the signal came, to any of the replicas. */
function isStopped({ signal, replicas }: TrainOptions): boolean {
  const aborted = signal?.aborted ?? false;
  return replicas ? replicas.sum([[Number(aborted)]])[0]! > 0 : aborted;
}
