import { registerLayer } from '@ds/graph';
import type { ComplexMatrix } from '@ds/kernels';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { blurAxisMatrices } from './blur-axes.js';
import { type BlurAxesConfig, BlurAxesLayer, type DenseBlurAxesConfig } from './blur-axes-layer.js';
import { avgBlurPool1d, blurPool1d, maxBlurPool1d } from './blur-pool-1d.js';
import { requireSides } from './stride-values.js';

/**
 * {@link blurPool1d} as a `tf.layers` layer (Zhang 2019). It has no weights. Shapes:
 * `[batch, width, channels]` → `[batch, ceil(W/S), channels]`.
 *
 * @throws ConfigError on a bad configuration, as {@link blurPool1d} does.
 */
export class BlurPool1D extends BlurAxesLayer<1> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>BlurPool1D';

  constructor(config: BlurAxesConfig<1> = {}) {
    super('BlurPool1D', 1, 'none', config);
  }

  protected pool(image: Tensor3D): Tensor3D {
    return blurPool1d(image, this.opStrides, this.blurOptions);
  }

  /** Returns the layer as a matrix for each axis, at these sides. The caller disposes of them. */
  axisMatrices(input: number[]): ComplexMatrix[] {
    const op = 'BlurPool1D.axisMatrices';
    return blurAxisMatrices(op, requireSides(op, 'input', input, 1), this.options);
  }
}

/**
 * {@link maxBlurPool1d} as a layer (Zhang 2019).
 *
 * @throws ConfigError on a bad configuration, as {@link maxBlurPool1d} does.
 */
export class MaxBlurPool1D extends BlurAxesLayer<1> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>MaxBlurPool1D';

  constructor(config: DenseBlurAxesConfig<1> = {}) {
    super('MaxBlurPool1D', 1, 'max', config);
  }

  protected pool(image: Tensor3D): Tensor3D {
    return maxBlurPool1d(image, this.opStrides, this.denseOptions);
  }
}

/**
 * {@link avgBlurPool1d} as a layer (Zhang 2019).
 *
 * @throws ConfigError on a bad configuration, as {@link avgBlurPool1d} does.
 */
export class AvgBlurPool1D extends BlurAxesLayer<1> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>AvgBlurPool1D';

  constructor(config: DenseBlurAxesConfig<1> = {}) {
    super('AvgBlurPool1D', 1, 'mean', config);
  }

  protected pool(image: Tensor3D): Tensor3D {
    return avgBlurPool1d(image, this.opStrides, this.denseOptions);
  }
}

registerLayer(BlurPool1D, 'BlurPool1D');
registerLayer(MaxBlurPool1D, 'MaxBlurPool1D');
registerLayer(AvgBlurPool1D, 'AvgBlurPool1D');
