import { requireBoolean, requirePositive } from '@ds/checks';
import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { ComplexMatrix, PoolingMatrices } from '@ds/kernels';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { isOfClass } from './class-name.js';
import type { DataFormat } from './data-format.js';
import {
  DCT_DIFF_STRIDE_CHECKS,
  type DctDiffStrideOptions,
  dctDiffStrideMatrices,
  dctOutputSizeAt,
  poolWithDctStrides,
} from './dct-diff-stride.js';
import { dctReductionNote } from './dct-reduction-note.js';
import type { KnownStrides } from './diff-stride-options.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import {
  type LearnedStrideConfig,
  LearnedStrideLayer,
  type LearnedStrideOptions,
} from './learned-stride-layer.js';
import { imageMatrices } from './spectral-matrices.js';
import { checkStridesOf } from './stride-values.js';

/** Configuration of {@link DctDiffStride}. Its smoothness is in coefficients of the DCT. */
export interface DctDiffStrideConfig extends LearnedStrideConfig {
  /** Initial strides [S_h, S_w], or one number for both. Default [2, 2]. */
  strides?: number | readonly [number, number];
  /** One stride for both axes. Default false. */
  sharedStride?: boolean;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of the op's options, except for `outputSize`: the layer chooses it. */
const { outputSize: _outputSize, ...LAYER_OPTIONS } = DCT_DIFF_STRIDE_CHECKS;

type Options = LearnedStrideOptions & DctDiffStrideOptions;

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
export class DctDiffStride extends LearnedStrideLayer<2, Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>DctDiffStride';

  constructor(config: DctDiffStrideConfig = {}) {
    requireConfig<Omit<DctDiffStrideConfig, keyof LayerArgs>>('DctDiffStride', config, {
      ...LAYER_OPTIONS,
      strides: checkStridesOf(2),
      sharedStride: requireBoolean,
      strideGradientScale: requirePositive,
    });
    super('DctDiffStride', 2, config, {
      smoothness: config.smoothness ?? 4,
      cropping: config.cropping ?? true,
      norm: config.norm ?? 'ortho',
      dataFormat: config.dataFormat ?? 'channelsLast',
      ...(config.lowerLimit !== undefined && { lowerLimit: config.lowerLimit }),
      ...(config.upperLimit !== undefined && { upperLimit: config.upperLimit }),
    });
  }

  /**
   * Returns the layer at its current strides, as matrices for images of one size. The caller
   * disposes of them.
   */
  matrices(input: [number, number]): PoolingMatrices {
    return imageMatrices(this.matricesFor('matrices', input));
  }

  protected pool(x: Tensor, strides: Tensor1D, known: KnownStrides): Tensor {
    return poolWithDctStrides(this.op, x as Tensor4D, strides, this.options, known);
  }

  /** A cosine transform is real. */
  protected matricesAt(op: string, input: readonly number[], strides: Tensor1D): ComplexMatrix[] {
    const size = input as [number, number];
    const { rows, columns } = dctDiffStrideMatrices(op, size, strides, this.options);
    return [{ real: rows }, { real: columns }];
  }

  protected sizeAt(input: readonly number[], strides: readonly number[]): [number, number] {
    return dctOutputSizeAt(input as [number, number], strides as [number, number], this.options);
  }

  protected noteAt(input: readonly number[], strides: readonly number[]): string | null {
    return dctReductionNote(input as [number, number], strides as [number, number], this.options);
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
  return isOfClass(layer, [DctDiffStride.className]);
}
