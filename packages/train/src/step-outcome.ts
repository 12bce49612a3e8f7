import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { codeOfRow, type NonFiniteRow, rowOfCode } from './non-finite-row.js';
import { sumGradients } from './replica-exchange.js';
import type { ReplicaGroup } from './replica-group.js';
import { shardStart } from './shard.js';
import { type ShardMeasures, stepMeasures } from './step-measures.js';
import type { TrainOptions } from './train-options.js';
import type { ShardGradients } from './train-step.js';

/** The gradients and measures of a step, summed over all replicas. */
export interface StepOutcome extends ShardMeasures {
  gradients: Tensor[];
  /** Whether the signal of any replica was aborted before the sum. */
  stops: boolean;
}

/**
 * Reads a shard's measures, and sums them and the gradients over all replicas, for a batch of
 * `images` images. Disposes of its arguments.
 */
export async function stepOutcome(
  found: ShardGradients,
  images: number,
  options: Pick<TrainOptions, 'replicas' | 'signal'>,
): Promise<StepOutcome> {
  try {
    return summed(found.gradients, await measuresOf(found), images, options);
  } catch (error) {
    dispose(found.gradients);
    throw error;
  } finally {
    found.measures?.dispose();
  }
}

/** The measures of a shard, on the host. */
async function measuresOf({ measures, shapes }: ShardGradients): Promise<ShardMeasures> {
  return stepMeasures(measures && ((await measures.data()) as Float32Array), shapes);
}

/** The gradients and measures of a shard, summed over all replicas. */
function summed(
  gradients: Tensor[],
  own: ShardMeasures,
  images: number,
  { replicas, signal }: Pick<TrainOptions, 'replicas' | 'signal'>,
): StepOutcome {
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
