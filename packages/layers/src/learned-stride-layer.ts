import { ConfigError, StateError } from '@ds/checks';
import { disposeByGraph, HostCopy, type PoolingLayer, plainName, projectWeight } from '@ds/graph';
import type { ComplexMatrix } from '@ds/kernels';
import {
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
import { type KnownStrides, requireLimits } from './diff-stride-options.js';
import type { StrideLimits } from './effective-strides.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';
import { axisMatricesMultiplyAdds, imageAxes } from './multiply-adds.js';
import { scaledGradient } from './scaled-gradient.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import type { Norm } from './spectral-matrices.js';
import { leastStride } from './stride-growth.js';
import { perAxis, requireSides, requireStrides } from './stride-values.js';
import { StridesConstraint, StridesInitializer } from './stride-weight.js';

/** The configuration that all layers with learned strides share. */
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
  /** Smallest stride allowed. `DiffStride` may upsample below 1, down to 1/8. Default 1. */
  lowerLimit?: number;
  /** Largest stride allowed. Default none. */
  upperLimit?: number;
  /** Default `'ortho'`. */
  norm?: Norm;
}

/** The configuration that the base reads. */
interface Config extends LearnedStrideConfig {
  strides?: number | readonly number[];
  sharedStride?: boolean;
}

/** The options that such a layer passes to its op, and saves. */
export interface LearnedStrideOptions extends StrideLimits {
  smoothness: number;
  cropping: boolean;
  norm: Norm;
  /** Absent for sounds. */
  dataFormat?: DataFormat;
}

/**
 * The base of pooling layers with learned strides, for R spatial axes. Its trainable weight
 * `strides` has one value for each axis, or one for all with `sharedStride`. `DiffStride` describes
 * it. A subclass adds the op, its matrices and its sizes.
 */
export abstract class LearnedStrideLayer<
    R extends SpatialRank,
    Options extends LearnedStrideOptions = LearnedStrideOptions,
  >
  extends tfl.layers.Layer
  implements PoolingLayer
{
  private readonly initialStrides: PerAxis<R>;
  protected readonly sharedStride: boolean;
  private readonly strideGradientScale: number;
  private strideWeight: tfl.LayerVariable | null = null;
  private hasPooled = false;
  /** The host's copy of the strides. It sets the output size. */
  readonly hostCopy = new HostCopy(() => this.strideVariable);

  constructor(
    protected readonly op: string,
    private readonly spatialRank: R,
    config: Config,
    protected readonly options: Options,
  ) {
    requireLimits(op, config);
    super({ ...config } as LayerArgs);
    this.name = config.name ?? plainName(this);
    this.initialStrides = requireStrides(
      op,
      config.strides ?? 2,
      spatialRank,
      leastStride(config.lowerLimit),
    );
    this.sharedStride = config.sharedStride ?? false;
    this.strideGradientScale = config.strideGradientScale ?? 1;
    if (this.sharedStride && new Set(this.initialStrides).size > 1) {
      throw new ConfigError(
        `${op}: strides must be equal with sharedStride, got [${this.initialStrides.join(', ')}]`,
      );
    }
  }

  /** Applies the op. The known strides set the output size. */
  protected abstract pool(x: Tensor, strides: Tensor1D, known: KnownStrides): Tensor;

  /** The op as a complex matrix for each axis, for images of one size. */
  protected abstract matricesAt(
    op: string,
    input: readonly number[],
    strides: Tensor1D,
  ): ComplexMatrix[];

  /** The output size at given strides. */
  protected abstract sizeAt(input: readonly number[], strides: readonly number[]): number[];

  /** The note of {@link reductionNote} at given strides. */
  protected abstract noteAt(input: readonly number[], strides: readonly number[]): string | null;

  /** The output size along an axis without cropping. */
  protected abstract uncroppedSize(size: number, isLast: boolean): number;

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
    if (!this.strideVariable) return this.chosen;
    return perAxis(this.hostCopy.present(), this.spatialRank);
  }

  /** The strides of the configuration, within their limits. */
  private get chosen(): PerAxis<R> {
    const [lower, upper] = this.limits;
    return this.initialStrides.map((stride) =>
      Math.min(Math.max(stride, lower), upper),
    ) as PerAxis<R>;
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
      return this.pool(x, strides, known);
    });
  }

  /** Warns if the configured strides leave the map at its size. Trained strides give no warning. */
  private warnOfFullSize(x: Tensor, strides: readonly number[]): void {
    const isNew = strides.every((stride, axis) => stride === Math.fround(this.chosen[axis]!));
    if (env().getBool('PROD') || !isNew) return;
    const note = this.noteAt(imageAxes(x.shape.slice(1), this.options.dataFormat).sides, strides);
    if (note) console.warn(`${this.op}: ${this.name}: ${note}`);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage(this.op, inputShape, this.spatialRank).slice();
    const axes = spatialAxes(this.options.dataFormat ?? 'channelsLast', this.spatialRank);
    for (const axis of axes) {
      const size = shape[axis];
      const isUnknown = this.options.cropping || size == null;
      shape[axis] = isUnknown ? null : this.uncroppedSize(size, axis === axes.at(-1));
    }
    return shape;
  }

  /** The output size at the current strides, one side for each axis. */
  outputSize(input: readonly number[]): PerAxis<R> {
    const sides = requireSides(`${this.op}.outputSize`, 'input', input, this.spatialRank);
    return this.sizeAt(sides, this.strides) as PerAxis<R>;
  }

  /**
   * The output size at the host's copy of the strides. A penalty uses it, since it waits for no
   * device during training.
   */
  outputSizeAtCopy(input: readonly number[]): PerAxis<R> {
    const sides = requireSides(`${this.op}.outputSizeAtCopy`, 'input', input, this.spatialRank);
    return this.sizeAt(sides, this.knownStrides().values) as PerAxis<R>;
  }

  /**
   * Says that the current strides leave a map of these sides at its size although they are above 1,
   * with the equation and the remedy. Returns `null` if they reduce it.
   */
  reductionNote(input: readonly number[]): string | null {
    const sides = requireSides(`${this.op}.reductionNote`, 'input', input, this.spatialRank);
    return this.noteAt(sides, this.strides);
  }

  /**
   * Returns the layer at its current strides, as a complex matrix for each axis, for images of one
   * size. The caller disposes of them.
   */
  axisMatrices(input: readonly number[]): ComplexMatrix[] {
    return this.matricesFor('axisMatrices', input);
  }

  /** {@link axisMatrices} for a method, which errors name. */
  protected matricesFor(method: string, input: readonly number[]): ComplexMatrix[] {
    const op = `${this.op}.${method}`;
    const sides = requireSides(op, 'input', input, this.spatialRank);
    const strides = this.strideWeight?.read() as Tensor1D | undefined;
    if (!strides) {
      throw new StateError(`${op}: the layer must be built, got one without weights`);
    }
    return this.matricesAt(op, sides, strides);
  }

  /**
   * Multiply-adds of the matrix products for one image, at the current strides. Shapes are without
   * the batch axis.
   */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const matricesOf = (sides: number[]) => this.matricesFor('multiplyAdds', sides);
    return axisMatricesMultiplyAdds(matricesOf, inputShape, this.options.dataFormat);
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
