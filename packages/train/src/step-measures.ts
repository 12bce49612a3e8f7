import { concat, reshape, type Scalar, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { rowsWithin } from './cross-entropy.js';

/** What a step came to: its loss, and how many predictions were right (of several outputs, the mean). */
export interface StepMeasures {
  loss: number;
  correct: number;
}

/** Loss, logits and labels of a step as one tensor, to be read at once; belongs in a `tidy`. */
export function packMeasures(loss: Scalar, logits: Tensor2D[], labels: Tensor2D[]): Tensor1D {
  const parts = [loss, ...logits, ...labels];
  return concat(parts.map((part) => reshape(part, [-1]) as Tensor1D));
}

/** The measures of what {@link packMeasures} packed, of outputs of these shapes. */
export function unpackMeasures(values: Float32Array, shapes: [number, number][]): StepMeasures {
  let at = 1;
  const next = ([rows, classes]: [number, number]) => {
    at += rows * classes;
    return values.subarray(at - rows * classes, at);
  };
  const logits = shapes.map(next);
  const labels = shapes.map(next);
  const correct = shapes.map(([, classes], task) =>
    rowsWithin(1, logits[task]!, labels[task]!, classes),
  );
  return {
    loss: values[0]!,
    correct: correct.reduce((sum, value) => sum + value, 0) / Math.max(1, correct.length),
  };
}
