import type { LayersModel } from '@tensorflow/tfjs-layers';
import { requireTrained, requireTrainOptions } from './argument-checks.js';
import type { NonFiniteLoss } from './non-finite-loss.js';
import { openExchange } from './replica-exchange.js';
import type { TrainOptions, TrainResult } from './train-options.js';
import { TrainingRun } from './training-run.js';
import { requireStateOf, restoreState } from './training-state.js';

/**
 * Trains a classifier that returns logits. For each batch it takes the loss
 * `L = cross-entropy + the model's own losses + penalty`, its gradient, and one step of the
 * optimizer with each group's learning rate and decay. The weights' constraints apply. It leaks no
 * tensor. The state of the optimizer belongs to the optimizer. A model with several outputs has
 * several tasks: their weighted cross-entropies are summed, and accuracies of steps and epochs are
 * means over tasks.
 *
 * Replicas start from the weights of rank 0 and make the step of the whole batch: the gradients of
 * the shards are summed, weighted by their number of images. Batch norm normalises each shard by
 * its own statistics. The moving statistics are averaged after every epoch. Every replica reports
 * the same events and returns the same result, except for seconds.
 *
 * On a GPU's backend a step reads back nothing but the copy of the strides (see `sizeLag`). Losses
 * come every `readEvery` steps. If one is not finite, the weights and batch norm's statistics have
 * moved on by then: go back to a checkpoint.
 *
 * Batches that exist before an epoch belong to the caller, and batches that are made in it are
 * disposed of; see `Batches`. A batch without images makes no step. With a signal that is already
 * aborted it ends before the first step, and makes no batch.
 *
 * With `checkpoints` it passes on its state between steps. With `resume` it continues from such a
 * state. With the same options and batches it then gives the numbers of an uninterrupted training.
 * If the signal interrupts an evaluation, the result does not contain its epoch. The last state is
 * then from before the evaluation, and a resumed training repeats the evaluation.
 *
 * Weights that are not finite are never passed to `checkpoints`: no training could resume from
 * them.
 *
 * @throws ConfigError on options out of range, on wrong batches, on images of another shape than
 *   the model's input, and on labels that do not match the model's outputs or have values that
 *   their loss does not take; {@link NonFiniteLoss} if the loss is no longer finite, or a weight at
 *   the end of an epoch or before a checkpoint. It names epoch, step and learning rate. It also
 *   names the batch and its image if these are not finite, or else the first layer with a
 *   weight or an output that is not.
 */
export async function train(model: LayersModel, options: TrainOptions): Promise<TrainResult> {
  requireTrained(model);
  requireTrainOptions(options, model);
  const { replicas, resume } = options;
  if (resume) requireStateOf(model, resume, replicas);
  if (replicas) await openExchange(model, replicas);
  if (resume) restoreState(model, options.optimizer, resume, replicas);
  const run = new TrainingRun(model, options);
  try {
    await run.begin();
    while (!run.isDone) await run.epoch();
  } finally {
    await run.end();
  }
  return run.result;
}
