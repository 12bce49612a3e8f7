import {
  ConfigError,
  integerIn,
  LARGEST_SIDE,
  LARGEST_SIZE,
  requireList,
  requireModel,
  requireNumbers,
} from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Returns the shapes of a model's inputs without the batch axis, with every size known. There is
 * one shape for each input.
 *
 * @param op the function that the caller used. Errors name it.
 * @param inputShape one shape, or a list with one shape for each input. `undefined` takes the
 *   model's own sizes.
 * @param largestSide the largest side of an image.
 * @throws ConfigError if `model` is not a model, a size is unknown, the number of shapes is not the
 *   number of inputs, or a shape does not suit its input.
 */
export function inputShapesOf(
  op: string,
  model: LayersModel,
  inputShape: number[] | number[][] | undefined,
  largestSide = LARGEST_SIDE,
): number[][] {
  requireModel(op, 'model', model);
  const declared = model.inputs.map(({ shape }) => shape.slice(1));
  if (inputShape === undefined) {
    if (declared.flat().every((size) => size !== null)) return declared as number[][];
    throw new ConfigError(
      `${op}: inputShape must be given for a model with unknown sizes, got undefined; ` +
        `the model's inputs are ${shown(declared)}`,
    );
  }
  requireList(op, 'inputShape', inputShape);
  const isList = Array.isArray(inputShape) && inputShape.every(Array.isArray);
  const shapes = (isList ? inputShape : [inputShape]) as number[][];
  for (const [at, shape] of shapes.entries()) {
    const name = isList ? `inputShape[${at}]` : 'inputShape';
    // Audio may have longer sides than images.
    const largest = shape.length < 3 ? LARGEST_SIZE : largestSide;
    requireNumbers(op, name, shape, shape.length, integerIn(1, largest));
  }
  const suits =
    shapes.length === declared.length &&
    shapes.every(
      (shape, at) =>
        shape.length === declared[at]!.length &&
        shape.every((size, axis) => [size, null].includes(declared[at]![axis] ?? null)),
    );
  if (suits) return shapes;
  throw new ConfigError(
    `${op}: inputShape must suit the model's ${shown(declared)}, got ${shown(shapes)}`,
  );
}

function shown(shapes: unknown[]): string {
  return shapes.map((shape) => `[${shape}]`).join(', ');
}
