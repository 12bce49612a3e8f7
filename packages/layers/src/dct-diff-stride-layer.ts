import { registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import {
  DCT_DIFF_STRIDE_CHECKS,
  type DctDiffStrideOptions,
  dctDiffStrideMatrices,
  dctOutputSizeAt,
  poolWithDctStrides,
} from './dct-diff-stride.js';
import { dctReductionNote } from './dct-reduction-note.js';
import type { KnownStrides } from './diff-stride.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import {
  LEARNED_STRIDE_CHECKS,
  type LearnedStrideConfig,
  LearnedStrideLayer,
} from './learned-stride-layer.js';
import type { Norm } from './spectral-matrices.js';

/** Configuration of {@link DctDiffStride}. Its smoothness is in coefficients of the DCT. */
export interface DctDiffStrideConfig extends LearnedStrideConfig {
  /** Default `'ortho'`. */
  norm?: Norm;
}

/** The checks of the op's options, except for `outputSize`: the layer chooses it. */
const { outputSize: _outputSize, ...LAYER_OPTIONS } = DCT_DIFF_STRIDE_CHECKS;

type Options = Required<
  Pick<DctDiffStrideOptions, 'smoothness' | 'cropping' | 'norm' | 'dataFormat'>
> &
  Pick<DctDiffStrideOptions, 'lowerLimit' | 'upperLimit'>;

/**
 * Pooling with strides that are learned in the cosine domain, as a `tf.layers` layer around
 * {@link dctDiffStride}. Its trainable weight `strides` has shape [2], or [1] with `sharedStride`.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, null, null, channels]`. The output size
 * follows from the strides and may change with every update. Without cropping it is static,
 * `[batch, height, width, channels]`.
 *
 * It has every option and member of `DiffStride`, except for `alignment`: placement, limits, host
 * copies, `strideGradientScale`, `reductionNote` and `matrices` are the same.
 *
 * Paper: "DCT-DiffStride: differentiable strides with real-valued data", submission to ICLR 2023
 * (OpenReview HgJ3HYIP3pY).
 *
 * @throws ConfigError on a bad configuration, as {@link dctDiffStride} does.
 */
export class DctDiffStride extends LearnedStrideLayer<Options> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>DctDiffStride';

  constructor(config: DctDiffStrideConfig = {}) {
    requireConfig<Omit<DctDiffStrideConfig, keyof LayerArgs>>('DctDiffStride', config, {
      ...LAYER_OPTIONS,
      ...LEARNED_STRIDE_CHECKS,
    });
    super(config, {
      smoothness: config.smoothness ?? 4,
      cropping: config.cropping ?? true,
      norm: config.norm ?? 'ortho',
      dataFormat: config.dataFormat ?? 'channelsLast',
      lowerLimit: config.lowerLimit,
      upperLimit: config.upperLimit,
    });
  }

  protected pool(x: Tensor4D, strides: Tensor1D, known: KnownStrides): Tensor4D {
    return poolWithDctStrides('DctDiffStride', x, strides, this.options, known);
  }

  protected matricesAt(input: [number, number], strides: Tensor1D): PoolingMatrices {
    return dctDiffStrideMatrices(input, strides, this.options);
  }

  protected sizeAt(input: [number, number], strides: [number, number]): [number, number] {
    return dctOutputSizeAt(input, strides, this.options);
  }

  protected noteAt(input: [number, number], strides: [number, number]): string | null {
    return dctReductionNote(input, strides, this.options);
  }

  protected uncroppedSize(size: number): number {
    return size;
  }
}
registerLayer(DctDiffStride, 'DctDiffStride');

/**
 * Whether a value is a {@link DctDiffStride}, also one of another copy of this package. TypeScript
 * then knows its members: `model.layers.find(isDctDiffStride)?.strides`.
 */
export function isDctDiffStride(layer: unknown): layer is DctDiffStride {
  const { getClassName } = (layer ?? {}) as Partial<layers.Layer>;
  return typeof getClassName === 'function' && getClassName.call(layer) === DctDiffStride.className;
}
