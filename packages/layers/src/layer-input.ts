import {
  type Check,
  type Checks,
  ConfigError,
  LAYER_CHECKS,
  requireInteger,
  requireOptions,
} from '@ds/checks';
import { plainClassName } from '@ds/graph';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import type { SpatialRank } from './spatial-rank.js';

export type { Shape };

/** The options that every layer of tfjs accepts. */
export type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/**
 * Checks a layer's configuration: its own options, and those of all layers. `seed` is always
 * allowed, because a model with a seed passes one to every pooling.
 */
export function requireConfig<Options>(
  op: string,
  config: Options & LayerArgs,
  checks: Checks<Options>,
): void {
  requireOptions(op, 'config', config, {
    seed: requireInteger,
    ...(checks as Record<string, Check>),
    ...LAYER_CHECKS,
  });
}

/** The single input of a pooling layer. */
export function layerInput<X extends Tensor = Tensor4D>(op: string, inputs: Tensor | Tensor[]): X {
  const list = Array.isArray(inputs) ? inputs : [inputs];
  if (list.length !== 1)
    throw new ConfigError(`${op}: inputs must be one tensor, got ${list.length}`);
  return list[0] as X;
}

/** Checks that the symbolic shape of the input has these spatial axes, and returns it. */
export function symbolicImage(op: string, shape: Shape | Shape[], rank: SpatialRank = 2): Shape {
  const single = (Array.isArray(shape[0]) ? shape[0] : shape) as Shape;
  if (single.length !== rank + 2) {
    throw new ConfigError(`${op}: input must have rank ${rank + 2}, got shape [${single}]`);
  }
  return single;
}

/** Whether two shapes may be equal. Sizes may be unknown. */
export function agree(shape: Shape, other: Shape): boolean {
  const fits = (size: number | null, at: number) => (size ?? other[at]) === (other[at] ?? size);
  return shape.length === other.length && shape.every(fits);
}

/** A shape in an error message. */
export function written(shape: Shape): string {
  return `[${shape.map((size) => size ?? 'null').join(', ')}]`;
}

/**
 * Checks that an image has the channels for which the layer has weights. Both may be unknown.
 *
 * @param channels the channels of the weights, or `null` before the layer is built.
 */
export function requireChannels(
  layer: layers.Layer,
  shape: Shape,
  axis: number,
  channels: number | null | undefined,
): void {
  const got = shape[axis];
  if (channels == null || got == null || got === channels) return;
  throw new ConfigError(
    `${plainClassName(layer)}: layer '${layer.name}': the input must have ${channels} channels, ` +
      `as its weights, got shape ${written(shape)}`,
  );
}
