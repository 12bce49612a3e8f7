import type { RunConfig } from '../config/run-config.js';
import { wordingOf } from '../text/wording.js';
import { countOf } from './count-of.js';

/** The seed that draws held-out training examples. Runs of all seeds share them. */
const SEED = 0;

/**
 * The number of training examples to hold out and the seed that draws them, or `null` if the run
 * is scored on the test set.
 *
 * @throws Error if no example would be left to train on.
 */
export function heldOut(
  { validationImages }: RunConfig,
  available: number,
): { count: number; seed: number } | null {
  if (validationImages === undefined) return null;
  if (validationImages < available) return { count: validationImages, seed: SEED };
  throw new Error(
    `validationImages must be less than ${available}, the size of the training set, ` +
      `got ${validationImages}`,
  );
}

/** The word for the examples that a run is scored on: `held-out` training examples, or `test`. */
export function scoredSet({
  validationImages,
}: Pick<RunConfig, 'validationImages'>): 'held-out' | 'test' {
  return validationImages === undefined ? 'test' : 'held-out';
}

/** The examples that a run is scored on, in words: `test images`, or `held-out sounds`. */
export function scoredExamples(config: Pick<RunConfig, 'dataset' | 'validationImages'>): string {
  return `${scoredSet(config)} ${wordingOf(config).things}`;
}

/** The number of examples that a run is scored on: all held-out ones, or those of the test set. */
export function scoredCount(
  { validationImages, testImages }: Pick<RunConfig, 'validationImages' | 'testImages'>,
  available: number,
): number {
  return countOf(validationImages === undefined ? testImages : 'all', available);
}
