import { oneOf } from '@ds/checks';
import type { PoolingMatrices } from '@ds/kernels';
import type { Variable } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { HostCopy } from './host-copy.js';
import { requireLayer } from './layers-of.js';

/**
 * What a layer may tell about itself to models, reports and training. Each member is optional, so
 * every layer of tf.layers is a `PoolingLayer`. Ask `hasMember` of `@ds/graph` before you use one.
 */
export interface PoolingLayer extends layers.Layer {
  /**
   * The layer as matrices for images of size [height, width], at its weights as they stand. Only a
   * linear, separable pooling has them. The caller disposes of them. `freezeStrides` of `@ds/models`
   * makes constants of them.
   */
  readonly matrices?: ((input: [number, number]) => PoolingMatrices) | undefined;
  /**
   * The layer's multiply-adds for one image: products and sums, but no elementwise operations
   * (ReLU, masks, a choice). Shapes are without the batch axis. A layer of several inputs gets the
   * first one's shape. `costReport` of `@ds/models` counts the kernels of a layer without it.
   */
  multiplyAdds?(outputShape: number[], inputShape: number[]): number;
  /**
   * Whether the layer takes several inputs of one size and pools them on one grid, which the first
   * input chooses. Models then hand it all branches at once: a shortcut keeps the pixels that its
   * branch keeps.
   */
  readonly sharesChoice?: boolean;
  /** The present strides [S_h, S_w], in input pixels per output pixel. */
  readonly strides?: [number, number];
  /**
   * The variable of learned strides, shape [2] or [1]; `null` until the layer is built. A layer that
   * has it has `strides` too. Penalties and reports read both.
   */
  readonly strideVariable?: Variable | null;
  /**
   * How often the layer has drawn at random in training. With the layer's seed it decides the next
   * draw. Training stores it, and sets it to go on from there.
   */
  draws?: number;
  /** The host's copy of a weight that decides the size of the output. Training refreshes it. */
  readonly hostCopy?: HostCopy;
}

/** The name of an optional member of {@link PoolingLayer}. */
export type PoolingMember = Exclude<keyof PoolingLayer, keyof layers.Layer>;

/** A layer that has a member of {@link PoolingLayer}. */
export type LayerWith<Member extends PoolingMember> = PoolingLayer & {
  [Name in Member]-?: NonNullable<PoolingLayer[Name]>;
};

/** Whether a value is what the member promises. */
const IS_MEMBER: Record<PoolingMember, (value: unknown) => boolean> = {
  matrices: isFunction,
  multiplyAdds: isFunction,
  sharesChoice: (value) => value === true,
  strides: Array.isArray,
  strideVariable: isObject,
  draws: (value) => typeof value === 'number',
  hostCopy: isObject,
};

const requireMember = oneOf(...Object.keys(IS_MEMBER));

/**
 * Whether a layer has a member of {@link PoolingLayer}.
 *
 * @throws ConfigError if `layer` is not a layer, or the member is unknown.
 */
export function hasMember<Member extends PoolingMember>(
  layer: layers.Layer,
  member: Member,
): layer is LayerWith<Member> {
  requireLayer('hasMember', 'layer', layer);
  requireMember('hasMember', 'member', member);
  const pooling: PoolingLayer = layer;
  return IS_MEMBER[member](pooling[member]);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
