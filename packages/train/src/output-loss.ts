import { type Check, ConfigError, oneOf, refuse, requireList } from '@ds/checks';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { requireClassWeights } from './class-weights.js';
import { crossEntropy } from './cross-entropy.js';

/**
 * The loss of an output. `'crossEntropy'` (softmax): each image has one class.
 * `'binaryCrossEntropy'` (sigmoid): each image has any number of labels.
 */
export type OutputLoss = 'crossEntropy' | 'binaryCrossEntropy';

/** The losses of a model's outputs, and the weights of their classes. */
export interface OutputLosses {
  /** One for each of the model's outputs, in their order. Default `'crossEntropy'` each. */
  losses?: OutputLoss[];
  /**
   * The weights of the classes of each output, finite numbers >= 0, or `null` for equal weights.
   * One for each of the model's outputs. Default `null` each.
   */
  classWeights?: (number[] | null)[];
}

/** The mean loss of an output over a batch. */
export function lossOf(
  logits: Tensor2D,
  labels: Tensor2D,
  output: number,
  { losses, classWeights }: OutputLosses,
  smoothing = 0,
): Scalar {
  const weights = classWeights?.[output] ?? undefined;
  const op = losses?.[output] === 'binaryCrossEntropy' ? binaryCrossEntropy : crossEntropy;
  return op(logits, labels, smoothing, weights);
}

/** The check of a list with a value for each output of a model. */
export function onePerOutput({ outputs }: LayersModel): Check {
  return (fn, name, value) => {
    requireList(fn, name, value);
    const rule = `have one value for each of the model's outputs (${outputs.length})`;
    if ((value as unknown[]).length !== outputs.length) refuse(fn, name, rule, value);
  };
}

/**
 * @throws ConfigError if an output of a model is not [images, classes], or has one class and the
 *   loss `'crossEntropy'`, which would always be 0.
 */
export function requireOutputs(op: string, model: LayersModel, { losses }: OutputLosses): void {
  for (const [i, { shape }] of model.outputs.entries()) {
    if (shape.length !== 2) {
      const got = `[${shape.map((side) => side ?? 'any').join(', ')}]`;
      throw new ConfigError(`${op}: model must return logits [images, classes], got ${got}`);
    }
    if (shape[1] !== 1 || losses?.[i] === 'binaryCrossEntropy') continue;
    refuse(op, `losses[${i}]`, "be 'binaryCrossEntropy' for one class", losses?.[i]);
  }
}

/** Checks of {@link OutputLosses} for a model. */
export function outputLossChecks(model: LayersModel): Record<keyof OutputLosses, Check> {
  const classes = model.outputs.map(({ shape }) => shape.at(-1) ?? undefined);
  const requireAll = onePerOutput(model);
  return {
    losses: (fn, name, value) => {
      requireAll(fn, name, value);
      (value as unknown[]).forEach((one, i) => {
        oneOf('crossEntropy', 'binaryCrossEntropy')(fn, `${name}[${i}]`, one);
      });
    },
    classWeights: (fn, name, value) => {
      requireAll(fn, name, value);
      (value as unknown[]).forEach((one, i) => {
        if (one !== null) requireClassWeights(fn, `${name}[${i}]`, one, classes[i]);
      });
    },
  };
}
