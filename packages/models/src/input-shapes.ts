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
 * Returns the shapes of a model's inputs without the batch axis, one per input. `inputShape` is one
 * shape or a list of shapes.
 *
 * @throws ConfigError if `model` is not a model, the number of shapes is not the number of inputs,
 *   or a shape does not suit its input.
 */
export function inputShapesOf(
  op: string,
  model: LayersModel,
  inputShape: number[] | number[][],
): number[][] {
  requireModel(op, 'model', model);
  requireList(op, 'inputShape', inputShape);
  const isList = Array.isArray(inputShape) && inputShape.every(Array.isArray);
  const shapes = (isList ? inputShape : [inputShape]) as number[][];
  for (const [at, shape] of shapes.entries()) {
    const name = isList ? `inputShape[${at}]` : 'inputShape';
    // Audio may have longer sides than images.
    const largest = shape.length < 3 ? LARGEST_SIZE : LARGEST_SIDE;
    requireNumbers(op, name, shape, shape.length, integerIn(1, largest));
  }
  const declared = model.inputs.map(({ shape }) => shape.slice(1));
  const suits =
    shapes.length === declared.length &&
    shapes.every(
      (shape, at) =>
        shape.length === declared[at]!.length &&
        shape.every((size, axis) => [size, null].includes(declared[at]![axis] ?? null)),
    );
  if (suits) return shapes;
  const shown = (list: unknown[]) => list.map((shape) => `[${shape}]`).join(', ');
  throw new ConfigError(
    `${op}: inputShape must suit the model's ${shown(declared)}, got ${shown(shapes)}`,
  );
}
