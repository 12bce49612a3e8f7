import { ConfigError, requireModel, requireOptions, requireTensor } from '@ds/checks';
import { argMax, dispose, slice, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel, Shape } from '@tensorflow/tfjs-layers';
import { freezeStrides } from './freeze-strides.js';
import { type FrozenLayer, reportOf } from './frozen-layer.js';
import type { Rounding } from './rounding.js';

/** One pooling before and after rounding. */
export interface RoundedPooling extends Rounding {
  /** The layer's path, after the models and wrappers around it: `trunk/pool`. */
  layer: string;
}

/** What integer strides cost. Accuracies are fractions of the images. */
export interface RoundingReport {
  /** The number of images. */
  images: number;
  /** Accuracy of the model. */
  accuracy: number;
  /** Accuracy of the copy with integer strides. */
  roundedAccuracy: number;
  /** The fraction of images for which both predict the same class. */
  agreement: number;
  poolings: RoundedPooling[];
}

/** Options of {@link roundingReport}. */
export interface RoundingReportOptions {
  /**
   * The rounded copy of the model, from `freezeStrides` with `round`. It may have had its
   * statistics recomputed, or have been trained further. Default: a new one.
   */
  rounded?: LayersModel;
}

/** Images that run at once. */
const BATCH = 64;

/**
 * Measures what `freezeStrides(model, shape, { round: true })` costs in accuracy. Runs the model
 * and the rounded copy on the same images, and disposes of the copy unless it was given.
 *
 * @param images `[N, height, width, channels]`, prepared as in training. Use images that the model
 *   was not trained on.
 * @param labels `[N]`: the class of each image, as a number.
 * @throws ConfigError as `freezeStrides`, or if images do not have the shape of the model's only
 *   input, the model has another output than `[N, classes]`, the labels are not N numbers, or
 *   `rounded` is not a result of `freezeStrides` in this program for such images and classes.
 */
export function roundingReport(
  model: LayersModel,
  images: Tensor,
  labels: Tensor1D,
  options: RoundingReportOptions = {},
): RoundingReport {
  requireModel('roundingReport', 'model', model);
  requireTensor('roundingReport', 'images', images);
  requireTensor('roundingReport', 'labels', labels, { rank: 1, dtype: 'any' });
  requireOptions<RoundingReportOptions>('roundingReport', 'options', options, {
    rounded: requireModel,
  });
  if (labels.dtype === 'string' || labels.dtype === 'complex64') {
    throw new ConfigError(
      `roundingReport: labels must be the classes as numbers, got ${labels.dtype}`,
    );
  }
  const truth = Array.from(labels.dataSync());
  const declared = model.inputs.map((input) => input.shape);
  const suits = ([, ...sizes]: (number | null)[]) =>
    sizes.length === images.rank - 1 &&
    sizes.every((size, axis) => size === null || size === images.shape[axis + 1]);
  if (declared.length !== 1 || !suits(declared[0]!)) {
    throw new ConfigError(
      "roundingReport: images must have the shape of the model's input, " +
        `${shown(declared)}, got [${images.shape}]`,
    );
  }
  const shape = images.shape.slice(1);
  const count = images.shape[0]!;
  if (labels.shape[0] !== count) {
    throw new ConfigError(
      `roundingReport: labels must have one class per image, ${count}, got ${labels.shape[0]}`,
    );
  }
  if (model.outputs.length !== 1 || model.outputs[0]!.rank !== 2) {
    throw new ConfigError(
      'roundingReport: model must have one output [batch, classes], ' +
        `got ${shown(model.outputs.map((output) => output.shape))}`,
    );
  }
  const classes = model.outputs[0]!.shape[1] ?? Number.POSITIVE_INFINITY;
  const wrong = truth.find((one) => !(Number.isInteger(one) && one >= 0 && one < classes));
  if (wrong !== undefined) {
    throw new ConfigError(
      `roundingReport: labels must be integers from 0 to ${classes - 1}, got ${wrong}`,
    );
  }
  const rounded = options.rounded ?? freezeStrides(model, shape, { round: true, keepCustom: true });
  const poolings = roundedIn(reportOf('roundingReport', rounded, 'rounded'));
  if (options.rounded) requireCopy(options.rounded, model, suits);
  let predicted: number[];
  let after: number[];
  try {
    predicted = classesOf(model, images);
    after = classesOf(rounded, images);
  } finally {
    if (!options.rounded) rounded.dispose();
  }
  const same = (a: number[], b: number[]) => a.filter((one, at) => one === b[at]).length / count;
  return {
    images: count,
    accuracy: same(predicted, truth),
    roundedAccuracy: same(after, truth),
    agreement: same(predicted, after),
    poolings,
  };
}

/** @throws ConfigError if a copy takes other images than the model, or has other outputs. */
function requireCopy(
  rounded: LayersModel,
  model: LayersModel,
  suits: (shape: (number | null)[]) => boolean,
): void {
  const [inputs, outputs, wanted] = [rounded.inputs, rounded.outputs, model.outputs].map(
    (tensors) => tensors.map(({ shape }) => shape),
  ) as [Shape[], Shape[], Shape[]];
  if (inputs.length !== 1 || !suits(inputs[0]!)) {
    throw new ConfigError(
      `roundingReport: rounded must be frozen for the shape of the images, got ${shown(inputs)}`,
    );
  }
  if (outputs.length === 1 && `${outputs[0]!.slice(1)}` === `${wanted[0]!.slice(1)}`) return;
  throw new ConfigError(
    `roundingReport: rounded must have the output of the model, ${shown(wanted)}, ` +
      `got ${shown(outputs)}`,
  );
}

/** Shapes for an error. Unknown sizes are `null`. */
function shown(shapes: (number | null)[][]): string {
  return shapes.map((shape) => `[${shape.map(String).join(', ')}]`).join(' and ');
}

/** The predicted class of each image. */
function classesOf(model: LayersModel, images: Tensor): number[] {
  const classes: number[] = [];
  for (let at = 0; at < images.shape[0]!; at += BATCH) {
    const size = Math.min(BATCH, images.shape[0]! - at);
    const chosen = tidy(() => {
      const batch = slice(images, [at], [size]);
      return argMax(model.predictOnBatch(batch) as Tensor, 1);
    });
    classes.push(...chosen.dataSync());
    dispose(chosen);
  }
  return classes;
}

/**
 * Lists the poolings that became strided convolutions in a copy that `freezeStrides` made with
 * `round`, each at its first image size.
 *
 * @throws ConfigError if `frozen` is not a result of `freezeStrides` in this program.
 */
export function roundedPoolings(frozen: LayersModel): RoundedPooling[] {
  return roundedIn(reportOf('roundedPoolings', frozen));
}

function roundedIn(report: FrozenLayer[]): RoundedPooling[] {
  const found = new Map<string, RoundedPooling>();
  for (const { layer, rounding } of report) {
    if (rounding && !found.has(layer)) found.set(layer, { layer, ...rounding });
  }
  return [...found.values()];
}
