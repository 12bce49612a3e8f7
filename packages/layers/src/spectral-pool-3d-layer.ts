import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { SpectralLayer } from './spectral-layer.js';
import type { Norm } from './spectral-matrices.js';
import { SPECTRAL_3D_CHECKS, spectralPool3d } from './spectral-pool-3d.js';
import { checkStridesOf } from './stride-values.js';

/** Configuration of {@link SpectralPool3D}. */
export interface SpectralPool3DConfig extends LayerArgs {
  /** Fixed strides [S_d, S_h, S_w] ≥ 1, or one number for all. Default [2, 2, 2]. */
  strides?: number | readonly [number, number, number];
  /** Output size from 2 up to the input's, even along all axes but the last. Excludes `strides`. */
  outputSize?: number | readonly [number, number, number];
  /** Default `'ortho'`. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Spectral pooling of video and volumes at fixed strides, as a `tf.layers` layer around
 * {@link spectralPool3d}. It has no weights.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, d, h, w, channels]`.
 * `d = floor(D/S_d)` and `h = floor(H/S_h)` are made even, `w = floor(W/S_w)`, and all are at least
 * 2, or they are `outputSize`. They are static if the input's sizes are, or with `outputSize`.
 *
 * Paper: Rippel, Snoek & Adams, "Spectral representations for convolutional neural networks", 2015.
 *
 * @throws ConfigError on a bad configuration, as {@link spectralPool3d} does.
 */
export class SpectralPool3D extends SpectralLayer<3, Tensor5D> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>SpectralPool3D';

  constructor(config: SpectralPool3DConfig = {}) {
    requireConfig<Omit<SpectralPool3DConfig, keyof LayerArgs>>('SpectralPool3D', config, {
      ...SPECTRAL_3D_CHECKS,
      strides: checkStridesOf(3),
    });
    super('SpectralPool3D', 3, config);
  }

  protected pool(volume: Tensor5D): Tensor5D {
    const { strides, options } = this.opArguments;
    return spectralPool3d(volume, strides, options);
  }
}
registerLayer(SpectralPool3D, 'SpectralPool3D');
