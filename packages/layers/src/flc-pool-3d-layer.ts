import { registerLayer } from '@ds/graph';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import { type FlcAxesConfig, FlcAxesLayer } from './flc-axes-layer.js';
import { flcPool3d } from './flc-pool-3d.js';

/**
 * {@link flcPool3d} as a `tf.layers` layer (Grabinski et al. 2022). It has no weights. Shapes:
 * `[batch, depth, height, width, channels]` → `[batch, floor(D/S_d), floor(H/S_h),
 * floor(W/S_w), channels]`, or `outputSize`.
 *
 * @throws ConfigError on a bad configuration, as {@link flcPool3d} does.
 */
export class FlcPool3D extends FlcAxesLayer<3> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FlcPool3D';

  constructor(config: FlcAxesConfig<3> = {}) {
    super('FlcPool3D', 3, config);
  }

  protected pool(image: Tensor5D): Tensor5D {
    return flcPool3d(image, this.options.strides, this.flcOptions);
  }
}

registerLayer(FlcPool3D, 'FlcPool3D');
