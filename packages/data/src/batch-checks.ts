import {
  type Check,
  numberIn,
  requireInteger,
  requireList,
  requireNumber,
  requireNumbers,
  requireOptions,
  requirePositive,
  requireSize,
} from '@ds/checks';

const some =
  (check: Check): Check =>
  (fn, name, value) => {
    requireList(fn, name, value);
    requireNumbers(fn, name, value, undefined, check);
  };

/** Checks of the options shared by all functions that make image batches. */
export const BATCH_CHECKS = {
  batchSize: requireSize as Check,
  classes: requireSize as Check,
  mean: some(requireNumber),
  std: some(requirePositive),
  shuffle: ((fn, name, value) =>
    requireOptions(fn, name, value, { seed: requireInteger, epoch: requireInteger }, [
      'seed',
      'epoch',
    ])) as Check,
  mixup: numberIn(0),
};
