import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { BlurPoolOptions, DenseBlurPoolOptions } from './blur-axes.js';
import { BlurAxesLayer } from './blur-axes-layer.js';
import { avgBlurPool, blurPool, blurPoolMatrices, maxBlurPool } from './blur-pool.js';
import type { LayerArgs } from './layer-input.js';
import { requireSides } from './stride-values.js';

/** Configuration of {@link BlurPool}. */
export interface BlurPoolConfig extends LayerArgs, BlurPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. Exclude `outputSize`. */
  strides?: number | readonly [number, number];
}

/** Configuration of {@link MaxBlurPool} and {@link AvgBlurPool}. */
export interface DenseBlurPoolConfig extends LayerArgs, DenseBlurPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. Exclude `outputSize`. */
  strides?: number | readonly [number, number];
}

/**
 * Anti-aliased subsampling as a `tf.layers` layer around {@link blurPool} (Zhang 2019). It has no
 * weights. Shapes: `[batch, height, width, channels]` →
 * `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * @throws ConfigError on a bad configuration, as {@link blurPool} does.
 */
export class BlurPool extends BlurAxesLayer<2> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>BlurPool';

  constructor(config: BlurPoolConfig = {}) {
    super('BlurPool', 2, 'none', config);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return blurPool(image, this.opStrides, this.blurOptions);
  }

  /** Returns the layer as matrices for images of one size. The caller disposes of them. */
  matrices(input: [number, number]): PoolingMatrices {
    const op = 'BlurPool.matrices';
    return blurPoolMatrices(op, requireSides(op, 'input', input), this.options);
  }
}

/**
 * Max-pooling at stride 1, then blurred subsampling: {@link maxBlurPool} as a layer (Zhang 2019).
 *
 * @throws ConfigError on a bad configuration, as {@link maxBlurPool} does.
 */
export class MaxBlurPool extends BlurAxesLayer<2> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>MaxBlurPool';

  constructor(config: DenseBlurPoolConfig = {}) {
    super('MaxBlurPool', 2, 'max', config);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return maxBlurPool(image, this.opStrides, this.denseOptions);
  }
}

/**
 * Average pooling at stride 1, then blurred subsampling: {@link avgBlurPool} as a layer.
 *
 * @throws ConfigError on a bad configuration, as {@link avgBlurPool} does.
 */
export class AvgBlurPool extends BlurAxesLayer<2> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>AvgBlurPool';

  constructor(config: DenseBlurPoolConfig = {}) {
    super('AvgBlurPool', 2, 'mean', config);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return avgBlurPool(image, this.opStrides, this.denseOptions);
  }
}

registerLayer(BlurPool, 'BlurPool');
registerLayer(MaxBlurPool, 'MaxBlurPool');
registerLayer(AvgBlurPool, 'AvgBlurPool');
