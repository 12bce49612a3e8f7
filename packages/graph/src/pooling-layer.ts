import { oneOf } from '@ds/checks';
import type { ComplexMatrix, PoolingMatrices } from '@ds/kernels';
import type { Rank, Variable } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { HostCopy } from './host-copy.js';
import { requireLayer } from './layers-of.js';

/**
 * The optional members of a layer that models, reports and training use. Every layer of tf.layers
 * is a `PoolingLayer`. Call `hasMember` of
 * `@ds/graph` before you use a member.
 */
export interface PoolingLayer extends layers.Layer {
  /**
   * Returns the layer as matrices for images of size [height, width], at its current weights. Only
   * linear, separable poolings have this member. The caller disposes of the matrices.
   * `freezeStrides` of `@ds/models` turns them into constants.
   *
   * A layer with the inputs `[image, reference]` gets the size of the reference as `output`, and
   * only that size may change its result.
   */
  readonly matrices?:
    | ((input: [number, number], output?: [number, number]) => PoolingMatrices)
    | undefined;
  /**
   * Returns the layer as a complex matrix for each spatial axis, for inputs with these sides, at
   * its current weights. Linear, separable poolings of sound, video and volumes have only this
   * member. Those of images may have both. The caller disposes of the matrices. `freezeStrides`
   * turns them into constants.
   */
  axisMatrices?(input: number[]): ComplexMatrix[];
  /**
   * Returns the layer's multiply-adds for one image: products and sums, without elementwise
   * operations (ReLU, masks, a choice). Shapes are without the batch axis. `inputShape` is that of
   * the first input. For layers without this member, `costReport` of `@ds/models` counts kernels.
   */
  multiplyAdds?(outputShape: number[], inputShape: number[]): number;
  /**
   * Whether the layer takes several inputs of one size and pools them on one grid, which the first
   * input chooses. Models then pass all branches at once. So a shortcut keeps the same pixels as
   * its branch.
   */
  readonly sharesChoice?: boolean;
  /** The current strides, one for each spatial axis, in input pixels per output pixel. */
  readonly strides?: number[] | undefined;
  /**
   * The variable of learned strides, one value for each axis or one for all; `null` until the layer
   * is built. A layer with this member also has `strides`. Penalties and reports read both.
   */
  readonly strideVariable?: Variable<Rank.R1> | null;
  /**
   * Returns the output size at the current strides, one side for each axis. Layers whose output
   * size follows from learned strides have this member. `swapDownsampling` of `@ds/models` reads
   * it. For other layers of unknown size, it pools a blank map.
   */
  outputSize?(input: number[]): number[];
  /**
   * The number of random draws in training so far. Together with the layer's seed it determines the
   * next draw. Checkpoints store it, and set it to resume training.
   */
  draws?: number;
  /** The host's copy of a weight that determines the output size. Training refreshes it. */
  readonly hostCopy?: HostCopy;
}

/** The name of an optional member of {@link PoolingLayer}. */
export type PoolingMember = Exclude<keyof PoolingLayer, keyof layers.Layer>;

/** A layer that has a member of {@link PoolingLayer}. */
export type LayerWith<Member extends PoolingMember> = PoolingLayer & {
  [Name in Member]-?: NonNullable<PoolingLayer[Name]>;
};

/** Whether a value is a valid member. */
const IS_MEMBER: Record<PoolingMember, (value: unknown) => boolean> = {
  matrices: isFunction,
  axisMatrices: isFunction,
  multiplyAdds: isFunction,
  sharesChoice: (value) => value === true,
  strides: Array.isArray,
  strideVariable: isObject,
  outputSize: isFunction,
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
