import {
  type Check,
  type Checks,
  ConfigError,
  requireBoolean,
  requirePositive,
  StateError,
} from '@ds/checks';
import { disposeByGraph, HostCopy, type PoolingLayer, plainName, projectWeight } from '@ds/graph';
import { type ComplexMatrix, spectrumMultiplyAdds } from '@ds/kernels';
import type { Alignment } from '@ds/masks';
import {
  dispose,
  env,
  type Rank,
  type serialization,
  type Tensor,
  type Tensor1D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import {
  DIFF_STRIDE_CHECKS,
  type DiffStrideOfAxes,
  diffStrideMatrices,
  type KnownStrides,
  outputSizeAt,
  poolWithStrides,
  requireLimits,
} from './diff-stride.js';
import {
  type LayerArgs,
  layerInput,
  requireConfig,
  type Shape,
  symbolicImage,
} from './layer-input.js';
import { imageAxes } from './multiply-adds.js';
import { reductionNote } from './reduction-note.js';
import { scaledGradient } from './scaled-gradient.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import type { Norm } from './spectral-matrices.js';
import { checkStridesOf, perAxis, requireSides, requireStrides } from './stride-values.js';
import { StridesConstraint, StridesInitializer } from './stride-weight.js';

/** The configuration of all layers of DiffStride. */
export interface LearnedStrideConfig extends LayerArgs {
  /** Width R of the masks' ramp, in frequency bins. Default 4. */
  smoothness?: number;
  /** Crop to the kept frequencies. Default true. */
  cropping?: boolean;
  /** Whether the strides are trained. Default true. */
  trainable?: boolean;
  /**
   * Factor k > 0 of the gradient that reaches the strides. The gradient of the input stays as it
   * is. With `model.fit` and SGD the strides then learn at k times the learning rate. Adam divides
   * a gradient by its size, so k changes nothing there. Default 1.
   */
  strideGradientScale?: number;
  /** Smallest stride allowed. Default 1. */
  lowerLimit?: number;
  /** Largest stride allowed. Default none. */
  upperLimit?: number;
  /** Default `'ortho'`. */
  norm?: Norm;
}

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
function checksOf(rank: SpatialRank): Checks<Omit<Config, keyof LayerArgs>> {
  const own: Record<string, Check> = {
    strides: checkStridesOf(rank),
    strideGradientScale: requirePositive,
  };
  return (
    rank === 1 ? { ...SOUND_OPTIONS, ...own } : { ...OPTIONS, ...own, sharedStride: requireBoolean }
  ) as Checks<Omit<Config, keyof LayerArgs>>;
}

/**
 * The base of the layers of DiffStride, for R spatial axes. Its trainable weight `strides` has one
 * value for each axis, or one for all with `sharedStride`. `DiffStride` describes it.
 */
export abstract class LearnedStrideLayer<R extends SpatialRank>
  extends tfl.layers.Layer
  implements PoolingLayer
{
  private readonly initialStrides: PerAxis<R>;
  private readonly sharedStride: boolean;
  private readonly strideGradientScale: number;
  private readonly options: DiffStrideOfAxes;
  private strideWeight: tfl.LayerVariable | null = null;
  private hasPooled = false;
  /** The host's copy of the strides. It sets the output size. */
  readonly hostCopy = new HostCopy(() => this.strideVariable);

  constructor(
    private readonly op: string,
    private readonly spatialRank: R,
    config: Config,
  ) {
    requireConfig<Omit<Config, keyof LayerArgs>>(op, config, checksOf(spatialRank));
    requireLimits(op, config);
    super({ ...config } as LayerArgs);
    this.name = config.name ?? plainName(this);
    this.initialStrides = requireStrides(op, config.strides ?? 2, spatialRank);
    this.sharedStride = config.sharedStride ?? false;
    this.strideGradientScale = config.strideGradientScale ?? 1;
    if (this.sharedStride && new Set(this.initialStrides).size > 1) {
      throw new ConfigError(
        `${op}: strides must be equal with sharedStride, got [${this.initialStrides.join(', ')}]`,
      );
    }
    const { alignment = 'published', dataFormat = 'channelsLast' } = config;
    this.options = {
      smoothness: config.smoothness ?? 4,
      cropping: config.cropping ?? true,
      norm: config.norm ?? 'ortho',
      ...(spatialRank > 1 && { alignment, dataFormat }),
      ...(config.lowerLimit !== undefined && { lowerLimit: config.lowerLimit }),
      ...(config.upperLimit !== undefined && { upperLimit: config.upperLimit }),
    };
  }

  override build(inputShape: Shape | Shape[]): void {
    symbolicImage(this.op, inputShape, this.spatialRank);
    const initial = this.sharedStride ? this.strides.slice(0, 1) : this.strides;
    const weight = this.addWeight(
      'strides',
      [initial.length],
      'float32',
      new StridesInitializer(initial),
    );
    this.strideWeight = projectWeight(weight, new StridesConstraint(...this.limits));
    super.build(inputShape);
  }

  /** [lowerLimit, upperLimit], with defaults. */
  private get limits(): [number, number] {
    return [this.options.lowerLimit ?? 1, this.options.upperLimit ?? Number.POSITIVE_INFINITY];
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    return disposeByGraph(this, () => super.dispose());
  }

  /** The trained variable, one value for each axis or one for all; `null` until it is built. */
  get strideVariable(): Variable<Rank.R1> | null {
    return (this.strideWeight?.read() as Variable<Rank.R1> | undefined) ?? null;
  }

  /**
   * A copy of the current strides, one for each axis, within their limits. After an update with a
   * gradient that is not finite, the strides are not finite either, and the layer refuses to pool.
   */
  get strides(): PerAxis<R> {
    const variable = this.strideVariable;
    if (!variable) {
      const [lower, upper] = this.limits;
      const within = (stride: number) => Math.min(Math.max(stride, lower), upper);
      return this.initialStrides.map(within) as PerAxis<R>;
    }
    return perAxis(this.hostCopy.present(), this.spatialRank);
  }

  /** The strides that set the output size. */
  private knownStrides(): KnownStrides {
    const { values, isExact } = this.hostCopy.read();
    return { values: perAxis(values, this.spatialRank), isExact };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = layerInput<Tensor>(this.op, inputs);
      requireImage(this.op, x, this.spatialRank);
      const known = this.knownStrides();
      if (!this.hasPooled) this.warnOfFullSize(x, known.values);
      this.hasPooled = true;
      const variable = this.strideWeight!.read() as Tensor1D;
      const strides = scaledGradient(variable, this.strideGradientScale);
      return poolWithStrides(this.op, x, strides, this.options, known);
    });
  }

  private warnOfFullSize(x: Tensor, strides: readonly number[]): void {
    if (env().getBool('PROD') || !strides.every(Number.isFinite)) return;
    const note = this.noteAt(imageAxes(x.shape.slice(1), this.options.dataFormat).sides, strides);
    if (note) console.warn(`${this.op}: ${this.name}: ${note}`);
  }

  private noteAt(input: readonly number[], strides: readonly number[]): string | null {
    return reductionNote(input, strides, { ...this.options, sharedStride: this.sharedStride });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage(this.op, inputShape, this.spatialRank).slice();
    const axes = spatialAxes(this.options.dataFormat ?? 'channelsLast', this.spatialRank);
    if (this.options.cropping) {
      for (const axis of axes) shape[axis] = null;
      return shape;
    }
    const widthAxis = axes.at(-1)!;
    const width = shape[widthAxis];
    if (width != null) shape[widthAxis] = Math.max(1, 2 * Math.floor(width / 2));
    return shape;
  }

  /** The output size at the current strides, one side for each axis. */
  outputSize(input: readonly number[]): PerAxis<R> {
    requireSides(`${this.op}.outputSize`, 'input', input, this.spatialRank);
    return outputSizeAt(input, this.strides, {
      ...this.options,
      sharedStride: this.sharedStride,
    }) as PerAxis<R>;
  }

  /**
   * Says that the current strides leave a map of these sides at its size although they are above 1,
   * with the equation and the remedy. Returns `null` if they reduce it.
   */
  reductionNote(input: readonly number[]): string | null {
    requireSides(`${this.op}.reductionNote`, 'input', input, this.spatialRank);
    return this.noteAt(input, this.strides);
  }

  /**
   * Returns the layer at its current strides, as a complex matrix for each axis, for images of one
   * size. The caller disposes of them.
   */
  axisMatrices(input: readonly number[]): ComplexMatrix[] {
    requireSides(`${this.op}.axisMatrices`, 'input', input, this.spatialRank);
    const strides = this.strideWeight?.read() as Tensor1D | undefined;
    if (!strides) {
      throw new StateError(`${this.op}: matrices need a built layer, got one without weights`);
    }
    return diffStrideMatrices(this.op, input, strides, this.options);
  }

  /**
   * Multiply-adds of the matrix products for one image, at the current strides. Shapes are without
   * the batch axis.
   */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const { sides, channels } = imageAxes(inputShape, this.options.dataFormat);
    const matrices = this.axisMatrices(sides);
    const count = channels * spectrumMultiplyAdds(matrices);
    dispose(matrices);
    return count;
  }

  override getConfig(): serialization.ConfigDict {
    const { lowerLimit = null, upperLimit = null, ...options } = this.options;
    return {
      ...super.getConfig(),
      ...(options as serialization.ConfigDict),
      lowerLimit,
      upperLimit,
      strides: [...this.initialStrides],
      ...(this.spatialRank > 1 && { sharedStride: this.sharedStride }),
      strideGradientScale: this.strideGradientScale,
    };
  }

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const { lowerLimit, upperLimit, ...rest } = config;
    return new cls({
      ...rest,
      ...(lowerLimit == null ? {} : { lowerLimit }),
      ...(upperLimit == null ? {} : { upperLimit }),
    });
  }
}
