import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Alignment } from '@ds/masks';
import { isOfClass } from './class-name.js';
import type { DataFormat } from './data-format.js';
import { DiffStride1D } from './diff-stride-1d-layer.js';
import { DiffStride3D } from './diff-stride-3d-layer.js';
import { DiffStrideOfAxesLayer } from './diff-stride-of-axes-layer.js';
import type { LearnedStrideConfig } from './learned-stride-layer.js';
import { imageMatrices } from './spectral-matrices.js';

/** Configuration of {@link DiffStride}. */
export interface DiffStrideConfig extends LearnedStrideConfig {
  /** Initial strides [S_h, S_w], or one number for both. Default [2, 2]. */
  strides?: number | readonly [number, number];
  /** One stride for both axes. Default false. */
  sharedStride?: boolean;
  /** `'published'` (default) or `'symmetric'`. */
  alignment?: Alignment;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Pooling with learnable strides, as a `tf.layers` layer around {@link diffStride}. Its trainable
 * weight `strides` has shape [2], or [1] with `sharedStride`.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, null, null, channels]`. The output size is
 * unknown before the call, because it follows from the strides and may change with every update.
 * Without cropping it is static, `[batch, height, 2·floor(width/2), channels]`.
 *
 * Placement: after a convolution at stride 1, where the strided convolution or the pooling was. No
 * later layer may need a fixed size. Global pooling needs none.
 *
 * The strides stay in [lowerLimit, upperLimit]: the initial values are projected, and so is every
 * value that an optimizer assigns. The layer computes with the same strides that it returns, saves
 * and passes to a penalty. If an image is too small for the strides, the op raises them for that
 * image only. The weight does not change, because the layer may pool images of several sizes. One
 * instance may pool several branches. The branches share its strides, and their gradients add up.
 *
 * With `lowerLimit` below 1 the layer may also enlarge its map, see {@link diffStride}.
 *
 * `strideGradientScale` k multiplies the gradient that the layer passes to its strides,
 * `∂L/∂S ← k · ∂L/∂S`. A penalty reads the strides themselves, so its gradient is not multiplied.
 *
 * The first call of a layer warns if the strides of its configuration do not reduce the map: see
 * `reductionNote`. There is no warning for learned or loaded strides, and none in production
 * (tfjs's flag `PROD`).
 *
 * Paper: Riad et al., "Learning strides in convolutional neural networks", ICLR 2022.
 *
 * @throws ConfigError on a bad configuration, as {@link diffStride} does.
 */
export class DiffStride extends DiffStrideOfAxesLayer<2> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>DiffStride';

  constructor(config: DiffStrideConfig = {}) {
    super('DiffStride', 2, config);
  }

  /**
   * Returns the layer at its current strides, as matrices for images of one size. The caller
   * disposes of them.
   */
  matrices(input: [number, number]): PoolingMatrices {
    return imageMatrices(this.matricesFor('matrices', input));
  }
}
registerLayer(DiffStride, 'DiffStride');

/** The class names of DiffStride, for each number of spatial axes. */
const CLASS_NAMES = [DiffStride, DiffStride1D, DiffStride3D].map(({ className }) => className);

/**
 * Whether a value is a {@link DiffStride}, a {@link DiffStride1D} or a {@link DiffStride3D}, also
 * one of another copy of this package. TypeScript then knows its members:
 * `model.layers.find(isDiffStride)?.strides`.
 */
export function isDiffStride(layer: unknown): layer is DiffStride | DiffStride1D | DiffStride3D {
  return isOfClass(layer, CLASS_NAMES);
}
