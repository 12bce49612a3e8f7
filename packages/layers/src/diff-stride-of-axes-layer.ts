import { type Check, type Checks, requireBoolean, requirePositive } from '@ds/checks';
import type { ComplexMatrix } from '@ds/kernels';
import type { Alignment } from '@ds/masks';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { diffStrideMatrices, poolWithStrides } from './diff-stride.js';
import {
  DIFF_STRIDE_CHECKS,
  type DiffStrideOfAxes,
  type KnownStrides,
} from './diff-stride-options.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import {
  type LearnedStrideConfig,
  LearnedStrideLayer,
  type LearnedStrideOptions,
} from './learned-stride-layer.js';
import { reductionNote } from './reduction-note.js';
import type { SpatialRank } from './spatial-rank.js';
import { outputSizeAt } from './stride-bands.js';
import { leastStride, wholeWidth } from './stride-growth.js';
import { checkStridesOf } from './stride-values.js';

/** The options of images and volumes. A sound has one axis, without negative frequencies. */
interface PlaneOptions {
  sharedStride?: boolean;
  alignment?: Alignment;
  dataFormat?: DataFormat;
}

type Config = LearnedStrideConfig & PlaneOptions & { strides?: number | readonly number[] };

/** The checks of the op's options, except for `outputSize` and `path`: the layer chooses these. */
const { outputSize: _outputSize, path: _path, ...OPTIONS } = DIFF_STRIDE_CHECKS;
const { alignment: _alignment, dataFormat: _dataFormat, ...SOUND_OPTIONS } = OPTIONS;

/** The checks of a layer's configuration. */
function checksOf(rank: SpatialRank, least: number): Checks<Omit<Config, keyof LayerArgs>> {
  const own: Record<string, Check> = {
    strides: checkStridesOf(rank, least),
    strideGradientScale: requirePositive,
  };
  return (
    rank === 1 ? { ...SOUND_OPTIONS, ...own } : { ...OPTIONS, ...own, sharedStride: requireBoolean }
  ) as Checks<Omit<Config, keyof LayerArgs>>;
}

/** The options of a configuration, with their defaults. */
function optionsOf(rank: SpatialRank, config: Config): LearnedStrideOptions & DiffStrideOfAxes {
  const { alignment = 'published', dataFormat = 'channelsLast' } = config;
  return {
    smoothness: config.smoothness ?? 4,
    cropping: config.cropping ?? true,
    norm: config.norm ?? 'ortho',
    ...(rank > 1 && { alignment, dataFormat }),
    ...(config.lowerLimit !== undefined && { lowerLimit: config.lowerLimit }),
    ...(config.upperLimit !== undefined && { upperLimit: config.upperLimit }),
  };
}

/** The base of the layers of DiffStride, for R spatial axes. `DiffStride` describes it. */
export abstract class DiffStrideOfAxesLayer<R extends SpatialRank> extends LearnedStrideLayer<
  R,
  LearnedStrideOptions & DiffStrideOfAxes
> {
  constructor(op: string, spatialRank: R, config: Config) {
    const checks = checksOf(spatialRank, leastStride(config?.lowerLimit));
    requireConfig<Omit<Config, keyof LayerArgs>>(op, config, checks);
    super(op, spatialRank, config, optionsOf(spatialRank, config));
  }

  protected pool(x: Tensor, strides: Tensor1D, known: KnownStrides): Tensor {
    return poolWithStrides(this.op, x, strides, this.options, known);
  }

  protected matricesAt(op: string, input: readonly number[], strides: Tensor1D): ComplexMatrix[] {
    return diffStrideMatrices(op, input, strides, this.options);
  }

  protected sizeAt(input: readonly number[], strides: readonly number[]): number[] {
    return outputSizeAt(input, strides, { ...this.options, sharedStride: this.sharedStride });
  }

  protected noteAt(input: readonly number[], strides: readonly number[]): string | null {
    return reductionNote(input, strides, { ...this.options, sharedStride: this.sharedStride });
  }

  protected uncroppedSize(size: number, isLast: boolean): number {
    return isLast ? wholeWidth(size) : size;
  }
}
