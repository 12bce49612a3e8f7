import { registerLayer } from '@ds/graph';
import type { ComplexMatrix } from '@ds/kernels';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import { blurAxisMatrices } from './blur-axes.js';
import { type BlurAxesConfig, BlurAxesLayer, type DenseBlurAxesConfig } from './blur-axes-layer.js';
import { avgBlurPool3d, blurPool3d, maxBlurPool3d } from './blur-pool-3d.js';
import { requireSides } from './stride-values.js';

/**
 * {@link blurPool3d} as a `tf.layers` layer (Zhang 2019). It has no weights. Shapes:
 * `[batch, depth, height, width, channels]` → `[batch, ceil(D/S_d),
 * ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * @throws ConfigError on a bad configuration, as {@link blurPool3d} does.
 */
export class BlurPool3D extends BlurAxesLayer<3> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>BlurPool3D';

  constructor(config: BlurAxesConfig<3> = {}) {
    super('BlurPool3D', 3, 'none', config);
  }

  protected pool(image: Tensor5D): Tensor5D {
    return blurPool3d(image, this.opStrides, this.blurOptions);
  }

  /** Returns the layer as a matrix for each axis, at these sides. The caller disposes of them. */
  axisMatrices(input: number[]): ComplexMatrix[] {
    const op = 'BlurPool3D.axisMatrices';
    return blurAxisMatrices(op, requireSides(op, 'input', input, 3), this.options);
  }
}

/**
 * {@link maxBlurPool3d} as a layer (Zhang 2019).
 *
 * @throws ConfigError on a bad configuration, as {@link maxBlurPool3d} does.
 */
export class MaxBlurPool3D extends BlurAxesLayer<3> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>MaxBlurPool3D';

  constructor(config: DenseBlurAxesConfig<3> = {}) {
    super('MaxBlurPool3D', 3, 'max', config);
  }

  protected pool(image: Tensor5D): Tensor5D {
    return maxBlurPool3d(image, this.opStrides, this.denseOptions);
  }
}

/**
 * {@link avgBlurPool3d} as a layer (Zhang 2019).
 *
 * @throws ConfigError on a bad configuration, as {@link avgBlurPool3d} does.
 */
export class AvgBlurPool3D extends BlurAxesLayer<3> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>AvgBlurPool3D';

  constructor(config: DenseBlurAxesConfig<3> = {}) {
    super('AvgBlurPool3D', 3, 'mean', config);
  }

  protected pool(image: Tensor5D): Tensor5D {
    return avgBlurPool3d(image, this.opStrides, this.denseOptions);
  }
}

registerLayer(BlurPool3D, 'BlurPool3D');
registerLayer(MaxBlurPool3D, 'MaxBlurPool3D');
registerLayer(AvgBlurPool3D, 'AvgBlurPool3D');
