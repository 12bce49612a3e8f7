import { ConfigError, requireArray, requireNumbers, requireSize } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * The shapes of a model's inputs, without the batch axis and with every size known.
 *
 * @param given `inputShape` of the options: one shape, or one per input.
 * @throws ConfigError if a size is unknown, or the given shapes do not suit the model.
 */
export function inputShapesOf(
  fn: string,
  model: LayersModel,
  given: number[] | number[][] | undefined,
): number[][] {
  const declared = model.inputs.map(({ shape }) => shape.slice(1));
  if (given === undefined) {
    if (declared.flat().every((size) => size !== null)) return declared as number[][];
    throw new ConfigError(
      `${fn}: inputShape must be given for a model with unknown sizes, got undefined; ` +
        `the model's inputs are ${shown(declared)}`,
    );
  }
  requireArray(fn, 'inputShape', given);
  const shapes = (Array.isArray(given[0]) ? given : [given]) as number[][];
  for (const shape of shapes) requireNumbers(fn, 'inputShape', shape, undefined, requireSize);
  const suits =
    shapes.length === declared.length &&
    shapes.every(
      (shape, at) =>
        shape.length === declared[at]!.length &&
        shape.every((size, axis) => [size, null].includes(declared[at]![axis]!)),
    );
  if (suits) return shapes;
  throw new ConfigError(
    `${fn}: inputShape must suit the model's ${shown(declared)}, got ${shown(shapes)}`,
  );
}

function shown(shapes: unknown[]): string {
  return shapes.map((shape) => `[${shape}]`).join(', ');
}
