import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { Alignment } from '@ds/masks';
import type { DataFormat } from './data-format.js';
import { DiffStrideOfAxesLayer } from './diff-stride-of-axes-layer.js';
import type { LearnedStrideConfig } from './learned-stride-layer.js';

/** Configuration of {@link DiffStride3D}. */
export interface DiffStride3DConfig extends LearnedStrideConfig {
  /** Initial strides [S_d, S_h, S_w], or one number for all. Default [2, 2, 2]. */
  strides?: number | readonly [number, number, number];
  /** One stride for all axes. Default false. */
  sharedStride?: boolean;
  /** `'published'` (default) or `'symmetric'`. */
  alignment?: Alignment;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Pooling of video and volumes with learnable strides, as a `tf.layers` layer around
 * `diffStride3d`. Its trainable weight `strides` has shape [3], or [1] with `sharedStride`.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, null, null, null, channels]`. The
 * output size is unknown before the call. Without cropping it is static,
 * `[batch, depth, height, 2·floor(width/2), channels]`.
 *
 * Placement, limits, projection and warnings are those of `DiffStride`.
 *
 * Paper: Riad et al., "Learning strides in convolutional neural networks", ICLR 2022. It pools
 * images. This is its form for three axes.
 *
 * @throws ConfigError on a bad configuration, as `diffStride3d` does.
 */
export class DiffStride3D extends DiffStrideOfAxesLayer<3> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>DiffStride3D';

  constructor(config: DiffStride3DConfig = {}) {
    super('DiffStride3D', 3, config);
  }
}
registerLayer(DiffStride3D, 'DiffStride3D');
