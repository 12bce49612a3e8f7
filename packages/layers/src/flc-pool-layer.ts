import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { FlcPoolOptions } from './flc-axes.js';
import { FlcAxesLayer } from './flc-axes-layer.js';
import { flcPool } from './flc-pool.js';
import type { LayerArgs } from './layer-input.js';
import { imageMatrices } from './spectral-matrices.js';

/** Configuration of {@link FlcPool}. */
export interface FlcPoolConfig extends LayerArgs, FlcPoolOptions {
  /** Strides ≥ 1, one number for both axes. Default 2, the paper's. Exclude `outputSize`. */
  strides?: number | readonly [number, number];
}

/**
 * Frequency low cut as a `tf.layers` layer around {@link flcPool}. It has no weights. Shapes:
 * `[batch, height, width, channels]` → `[batch, floor(H/S_h), floor(W/S_w), channels]`, or
 * `outputSize`.
 *
 * Paper: Grabinski et al., "FrequencyLowCut pooling", ECCV 2022.
 *
 * @throws ConfigError on a bad configuration, as {@link flcPool} does.
 */
export class FlcPool extends FlcAxesLayer<2> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FlcPool';

  constructor(config: FlcPoolConfig = {}) {
    super('FlcPool', 2, config);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return flcPool(image, this.options.strides, this.flcOptions);
  }

  /**
   * Returns the layer as matrices for images of one size. The caller disposes of them. `undefined`
   * with `modulus`, which is not linear.
   */
  get matrices(): ((input: [number, number]) => PoolingMatrices) | undefined {
    if (this.options.modulus) return undefined;
    return (input) => imageMatrices(this.matricesFor('matrices', input));
  }
}
registerLayer(FlcPool, 'FlcPool');
