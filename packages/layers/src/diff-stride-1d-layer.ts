import { type PoolingLayer, registerLayer } from '@ds/graph';
import { DiffStrideOfAxesLayer } from './diff-stride-of-axes-layer.js';
import type { LearnedStrideConfig } from './learned-stride-layer.js';

/** Configuration of {@link DiffStride1D}. */
export interface DiffStride1DConfig extends LearnedStrideConfig {
  /** The initial stride, as a number or [S]. Default 2. */
  strides?: number | readonly [number];
}

/**
 * Pooling of sound with a learnable stride, as a `tf.layers` layer around `diffStride1d`. Its
 * trainable weight `strides` has shape [1].
 *
 * Shapes: `[batch, width, channels]` → `[batch, null, channels]`. The output size is unknown before
 * the call. Without cropping it is static, `[batch, 2·floor(width/2), channels]`.
 *
 * Placement, limits, projection and warnings are those of `DiffStride`.
 *
 * Paper: Riad et al., "Learning strides in convolutional neural networks", ICLR 2022. It pools
 * images. This is its form for one axis.
 *
 * @throws ConfigError on a bad configuration, as `diffStride1d` does.
 */
export class DiffStride1D extends DiffStrideOfAxesLayer<1> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>DiffStride1D';

  constructor(config: DiffStride1DConfig = {}) {
    super('DiffStride1D', 1, config);
  }
}
registerLayer(DiffStride1D, 'DiffStride1D');
