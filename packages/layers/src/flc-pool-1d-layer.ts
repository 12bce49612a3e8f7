import { registerLayer } from '@ds/graph';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type FlcAxesConfig, FlcAxesLayer } from './flc-axes-layer.js';
import { flcPool1d } from './flc-pool-1d.js';

/**
 * {@link flcPool1d} as a `tf.layers` layer (Grabinski et al. 2022). It has no weights. Shapes:
 * `[batch, width, channels]` → `[batch, floor(W/S), channels]`, or `outputSize`.
 *
 * @throws ConfigError on a bad configuration, as {@link flcPool1d} does.
 */
export class FlcPool1D extends FlcAxesLayer<1> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FlcPool1D';

  constructor(config: FlcAxesConfig<1> = {}) {
    super('FlcPool1D', 1, config);
  }

  protected pool(image: Tensor3D): Tensor3D {
    return flcPool1d(image, this.options.strides, this.flcOptions);
  }
}

registerLayer(FlcPool1D, 'FlcPool1D');
