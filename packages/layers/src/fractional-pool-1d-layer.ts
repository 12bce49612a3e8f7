import { registerLayer } from '@ds/graph';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { FractionalDrawOptions } from './fractional-axes.js';
import { type FractionalAxesConfig, FractionalAxesLayer } from './fractional-axes-layer.js';
import { fractionalAvgPool1d, fractionalMaxPool1d } from './fractional-pool-1d.js';

/**
 * {@link fractionalMaxPool1d} as a `tf.layers` layer (Graham 2014).
 *
 * In training every step draws new regions, see `FractionalMaxPool`. It has no weights. Shapes:
 * `[batch, width, channels]` →
 * `[batch, floor(W/ratio), channels]`, or `outputSize`.
 *
 * @throws ConfigError on a bad configuration, as {@link fractionalMaxPool1d} does.
 */
export class FractionalMaxPool1D extends FractionalAxesLayer<1> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalMaxPool1D';

  constructor(config: FractionalAxesConfig<1> = {}) {
    super('FractionalMaxPool1D', 1, 'max', config);
  }

  protected pool(image: Tensor3D, options: FractionalDrawOptions<1>): Tensor3D {
    return fractionalMaxPool1d(image, options).output;
  }
}

/**
 * {@link fractionalAvgPool1d} as a layer: {@link FractionalMaxPool1D} with means instead of maxima.
 *
 * @throws ConfigError on a bad configuration, as {@link fractionalAvgPool1d} does.
 */
export class FractionalAvgPool1D extends FractionalAxesLayer<1> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalAvgPool1D';

  constructor(config: FractionalAxesConfig<1> = {}) {
    super('FractionalAvgPool1D', 1, 'mean', config);
  }

  protected pool(image: Tensor3D, options: FractionalDrawOptions<1>): Tensor3D {
    return fractionalAvgPool1d(image, options).output;
  }
}

registerLayer(FractionalMaxPool1D, 'FractionalMaxPool1D');
registerLayer(FractionalAvgPool1D, 'FractionalAvgPool1D');
