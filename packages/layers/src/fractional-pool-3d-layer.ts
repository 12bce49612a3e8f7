import { registerLayer } from '@ds/graph';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import type { FractionalDrawOptions } from './fractional-axes.js';
import { type FractionalAxesConfig, FractionalAxesLayer } from './fractional-axes-layer.js';
import { fractionalAvgPool3d, fractionalMaxPool3d } from './fractional-pool-3d.js';

/**
 * {@link fractionalMaxPool3d} as a `tf.layers` layer (Graham 2014).
 *
 * In training every step draws new regions, see `FractionalMaxPool`. It has no weights. Shapes:
 * `[batch, depth, height, width, channels]` →
 * `[batch, floor(D/ratio), floor(H/ratio), floor(W/ratio), channels]`, or `outputSize`.
 *
 * @throws ConfigError on a bad configuration, as {@link fractionalMaxPool3d} does.
 */
export class FractionalMaxPool3D extends FractionalAxesLayer<3> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalMaxPool3D';

  constructor(config: FractionalAxesConfig<3> = {}) {
    super('FractionalMaxPool3D', 3, 'max', config);
  }

  protected pool(image: Tensor5D, options: FractionalDrawOptions<3>): Tensor5D {
    return fractionalMaxPool3d(image, options).output;
  }
}

/**
 * {@link fractionalAvgPool3d} as a layer: {@link FractionalMaxPool3D} with means instead of maxima.
 *
 * @throws ConfigError on a bad configuration, as {@link fractionalAvgPool3d} does.
 */
export class FractionalAvgPool3D extends FractionalAxesLayer<3> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalAvgPool3D';

  constructor(config: FractionalAxesConfig<3> = {}) {
    super('FractionalAvgPool3D', 3, 'mean', config);
  }

  protected pool(image: Tensor5D, options: FractionalDrawOptions<3>): Tensor5D {
    return fractionalAvgPool3d(image, options).output;
  }
}

registerLayer(FractionalMaxPool3D, 'FractionalMaxPool3D');
registerLayer(FractionalAvgPool3D, 'FractionalAvgPool3D');
