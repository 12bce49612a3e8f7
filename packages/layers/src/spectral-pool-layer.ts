import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { SpectralLayer } from './spectral-layer.js';
import { imageMatrices, type Norm } from './spectral-matrices.js';
import { spectralChecks, spectralPool } from './spectral-pool.js';
import { checkStrides } from './stride-values.js';

/** Configuration of {@link SpectralPool}. */
export interface SpectralPoolConfig extends LayerArgs {
  /** Fixed strides [S_h, S_w] ≥ 1, or one number for both. Default [2, 2]. */
  strides?: number | readonly [number, number];
  /** Output size from 2 up to the input's, even along all axes but the last. Excludes `strides`. */
  outputSize?: number | readonly [number, number];
  /** Default `'ortho'`. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

const { path: _path, ...CHECKS } = spectralChecks(2);

/**
 * Spectral pooling at fixed strides, as a `tf.layers` layer around {@link spectralPool}. It has no
 * weights.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, h, w, channels]`. `h = floor(H/S_h)` is
 * made even, `w = floor(W/S_w)`, and both are at least 2, or they are `outputSize`. They are static
 * if the input's sizes are, or with `outputSize`.
 *
 * Paper: Rippel, Snoek & Adams, "Spectral representations for convolutional neural networks", 2015.
 *
 * @throws ConfigError on a bad configuration, as {@link spectralPool} does.
 */
export class SpectralPool extends SpectralLayer<2, Tensor4D> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>SpectralPool';

  constructor(config: SpectralPoolConfig = {}) {
    requireConfig<Omit<SpectralPoolConfig, keyof LayerArgs>>('SpectralPool', config, {
      ...CHECKS,
      strides: checkStrides,
    });
    super('SpectralPool', 2, config);
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { strides, options } = this.opArguments;
    return spectralPool(image, strides, options);
  }

  /** Returns the layer as matrices for images of one size. The caller disposes of them. */
  matrices(input: [number, number]): PoolingMatrices {
    return imageMatrices(this.matricesFor('matrices', input));
  }
}
registerLayer(SpectralPool, 'SpectralPool');
