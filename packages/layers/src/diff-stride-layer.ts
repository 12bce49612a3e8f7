import { registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Alignment } from '@ds/masks';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import {
  DIFF_STRIDE_CHECKS,
  type DiffStrideOptions,
  diffStrideMatrices,
  type KnownStrides,
  outputSizeAt,
  poolWithStrides,
} from './diff-stride.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import {
  LEARNED_STRIDE_CHECKS,
  type LearnedStrideConfig,
  LearnedStrideLayer,
} from './learned-stride-layer.js';
import { reductionNote } from './reduction-note.js';
import type { Norm } from './spectral-matrices.js';

/** Configuration of {@link DiffStride}. */
export interface DiffStrideConfig extends LearnedStrideConfig {
  /** `'published'` (default) or `'symmetric'`. */
  alignment?: Alignment;
  /** Default `'ortho'`. */
  norm?: Norm;
}

/** The checks of the op's options, except for `outputSize` and `path`: the layer chooses these. */
const { outputSize: _outputSize, path: _path, ...LAYER_OPTIONS } = DIFF_STRIDE_CHECKS;

type Options = Required<
  Pick<DiffStrideOptions, 'smoothness' | 'cropping' | 'alignment' | 'norm' | 'dataFormat'>
> &
  Pick<DiffStrideOptions, 'lowerLimit' | 'upperLimit'>;

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
 * image only. The weight does not change, because it may serve images of several sizes. One
 * instance may pool several branches. The branches share its strides, and their gradients add up.
 *
 * `strideGradientScale` k multiplies the gradient that the layer passes to its strides,
 * `∂L/∂S ← k · ∂L/∂S`. A penalty reads the strides themselves, so its gradient is not multiplied.
 *
 * The first call of a layer warns if the strides do not reduce the map: see `reductionNote`. It
 * does not in production, that is with tfjs's flag `PROD`.
 *
 * Paper: Riad et al., "Learning strides in convolutional neural networks", ICLR 2022.
 *
 * @throws ConfigError on a bad configuration, as {@link diffStride} does.
 */
export class DiffStride extends LearnedStrideLayer<Options> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>DiffStride';

  constructor(config: DiffStrideConfig = {}) {
    requireConfig<Omit<DiffStrideConfig, keyof LayerArgs>>('DiffStride', config, {
      ...LAYER_OPTIONS,
      ...LEARNED_STRIDE_CHECKS,
    });
    super(config, {
      smoothness: config.smoothness ?? 4,
      cropping: config.cropping ?? true,
      alignment: config.alignment ?? 'published',
      norm: config.norm ?? 'ortho',
      dataFormat: config.dataFormat ?? 'channelsLast',
      lowerLimit: config.lowerLimit,
      upperLimit: config.upperLimit,
    });
  }

  protected pool(x: Tensor4D, strides: Tensor1D, known: KnownStrides): Tensor4D {
    return poolWithStrides('DiffStride', x, strides, this.options, known);
  }

  protected matricesAt(input: [number, number], strides: Tensor1D): PoolingMatrices {
    return diffStrideMatrices(input, strides, this.options);
  }

  protected sizeAt(input: [number, number], strides: [number, number]): [number, number] {
    return outputSizeAt(input, strides, { ...this.options, sharedStride: this.sharedStride });
  }

  protected noteAt(input: [number, number], strides: [number, number]): string | null {
    return reductionNote(input, strides, { ...this.options, sharedStride: this.sharedStride });
  }

  protected uncroppedSize(size: number, axis: 0 | 1): number {
    return axis === 0 ? size : Math.max(1, 2 * Math.floor(size / 2));
  }
}
registerLayer(DiffStride, 'DiffStride');

/**
 * Whether a value is a {@link DiffStride}, also one of another copy of this package. TypeScript
 * then knows its members: `model.layers.find(isDiffStride)?.strides`.
 */
export function isDiffStride(layer: unknown): layer is DiffStride {
  const { getClassName } = (layer ?? {}) as Partial<layers.Layer>;
  return typeof getClassName === 'function' && getClassName.call(layer) === DiffStride.className;
}
