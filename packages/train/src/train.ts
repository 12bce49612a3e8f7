import { requireModel } from '@ds/checks';
import { dispose, nextFrame, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { requireTrainOptions } from './argument-checks.js';
import { evaluate } from './evaluate.js';
import { firstNonFinite, NonFiniteLoss } from './non-finite-loss.js';
import { remainingBatches } from './remaining-batches.js';
import { averageStatistics, openExchange, sumGradients } from './replica-exchange.js';
import { labelsOf, shardOf } from './shard.js';
import { StepLog } from './step-log.js';
import { type StepMeasures, unpackMeasures } from './step-measures.js';
import {
  type EpochSummary,
  requireOptions,
  type TrainOptions,
  type TrainResult,
} from './train-options.js';
import { type ShardGradients, shardGradients, update } from './train-step.js';
import {
  captureState,
  type EpochTotals,
  restoreState,
  type TrainingPlace,
} from './training-state.js';
import { readsStall, WeightMirrors } from './weight-mirrors.js';

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
  requireModel('train', 'model', model);
  requireTrainOptions(options);
  requireOptions(options);
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
