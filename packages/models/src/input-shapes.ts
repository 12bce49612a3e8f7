import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * The shapes of a model's inputs without the batch axis, one for each, from one shape or a list of them.
 *
 * @throws Error if there is not one for each input, or one does not suit its input.
 */
export function inputShapesOf(
  op: string,
  model: LayersModel,
  inputShape: number[] | number[][],
): number[][] {
  const isList = Array.isArray(inputShape) && inputShape.every(Array.isArray);
  const shapes = (isList ? inputShape : [inputShape]) as number[][];
  const declared = model.inputs.map(({ shape }) => shape.slice(1));
  const suits =
    shapes.length === declared.length &&
    shapes.every(
      (shape, at) =>
        shape?.length === declared[at]!.length &&
        shape.every((size, axis) => [size, null].includes(declared[at]![axis] ?? null)),
    );
  if (suits) return shapes;
  const shown = (list: unknown[]) => list.map((shape) => `[${shape}]`).join(', ');
  throw new Error(
    `${op}: inputShape must suit the model's ${shown(declared)}, got ${shown(shapes)}`,
  );
}
