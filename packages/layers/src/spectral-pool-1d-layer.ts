import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { SpectralLayer } from './spectral-layer.js';
import type { Norm } from './spectral-matrices.js';
import { SPECTRAL_1D_CHECKS, spectralPool1d } from './spectral-pool-1d.js';
import { checkStridesOf } from './stride-values.js';

/** Configuration of {@link SpectralPool1D}. */
export interface SpectralPool1DConfig extends LayerArgs {
  /** The fixed stride ≥ 1, as a number or [S]. Default 2. */
  strides?: number | readonly [number];
  /** Output size from 2 up to the input's. Excludes `strides`. */
  outputSize?: number | readonly [number];
  /** Default `'ortho'`. */
  norm?: Norm;
}

const { path: _path, ...CHECKS } = SPECTRAL_1D_CHECKS;

/**
 * Spectral pooling of sound at a fixed stride, as a `tf.layers` layer around
 * {@link spectralPool1d}. It has no weights.
 *
 * Shapes: `[batch, width, channels]` → `[batch, w, channels]`, `w = max(floor(W/S), 2)` or
 * `outputSize`. It is static if the input's width is, or with `outputSize`.
 *
 * Paper: Rippel, Snoek & Adams, "Spectral representations for convolutional neural networks", 2015.
 *
 * @throws ConfigError on a bad configuration, as {@link spectralPool1d} does.
 */
export class SpectralPool1D extends SpectralLayer<1, Tensor3D> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>SpectralPool1D';

  constructor(config: SpectralPool1DConfig = {}) {
    requireConfig<Omit<SpectralPool1DConfig, keyof LayerArgs>>('SpectralPool1D', config, {
      ...CHECKS,
      strides: checkStridesOf(1),
    });
    super('SpectralPool1D', 1, config);
  }

  protected pool(sound: Tensor3D): Tensor3D {
    const { strides, options } = this.opArguments;
    return spectralPool1d(sound, strides, options);
  }
}
registerLayer(SpectralPool1D, 'SpectralPool1D');
