import { type Checks, ConfigError, requireBoolean, requirePositive, StateError } from '@ds/checks';
import {
  disposeByGraph,
  HostCopy,
  type PoolingLayer,
  plainClassName,
  plainName,
  projectWeight,
} from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import {
  env,
  type Rank,
  type serialization,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import { type KnownStrides, requireLimits } from './diff-stride.js';
import type { StrideLimits } from './effective-strides.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';
import { imageSize, matricesMultiplyAdds } from './multiply-adds.js';
import { scaledGradient } from './scaled-gradient.js';
import { checkStrides, requireSides, requireStrides } from './stride-values.js';
import { StridesConstraint, StridesInitializer } from './stride-weight.js';

/** The configuration that all layers with learned strides share. */
export interface LearnedStrideConfig extends LayerArgs {
  /** Initial strides [S_h, S_w], or one number for both. Default [2, 2]. */
  strides?: number | [number, number];
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
  /** One stride for both axes. Default false. */
  sharedStride?: boolean;
  /** Smallest stride allowed. Default 1. */
  lowerLimit?: number;
  /** Largest stride allowed. Default none. */
  upperLimit?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of the options that only the layers have, not their ops. */
export const LEARNED_STRIDE_CHECKS: Checks<
  Pick<LearnedStrideConfig, 'strides' | 'sharedStride' | 'strideGradientScale'>
> = {
  strides: checkStrides,
  sharedStride: requireBoolean,
  strideGradientScale: requirePositive,
};

/** The options that such a layer passes to its op, and saves. */
interface OpOptions extends StrideLimits {
  smoothness: number;
  cropping: boolean;
  dataFormat: DataFormat;
}

/**
 * The base of pooling layers with learned strides. It owns the weight `strides`, shape [2], or [1]
 * with `sharedStride`, and its limits. A subclass adds the op, its matrices and its sizes.
 */
export abstract class LearnedStrideLayer<Options extends OpOptions>
  extends tfl.layers.Layer
  implements PoolingLayer
{
  private readonly initialStrides: [number, number];
  protected readonly sharedStride: boolean;
  private readonly strideGradientScale: number;
  private strideWeight: tfl.LayerVariable | null = null;
  private hasPooled = false;
  /** The host's copy of the strides. It sets the output size. */
  readonly hostCopy = new HostCopy(() => this.strideVariable);

  constructor(
    config: LearnedStrideConfig,
    protected readonly options: Options,
  ) {
    super({ ...config });
    const className = plainClassName(this);
    requireLimits(className, config);
    this.name = config.name ?? plainName(this);
    this.initialStrides = requireStrides(className, config.strides ?? [2, 2]);
    this.sharedStride = config.sharedStride ?? false;
    this.strideGradientScale = config.strideGradientScale ?? 1;
    if (this.sharedStride && this.initialStrides[0] !== this.initialStrides[1]) {
      throw new ConfigError(
        `${className}: strides must be equal with sharedStride, ` +
          `got [${this.initialStrides.join(', ')}]`,
      );
    }
  }

  /** Applies the op. The known strides set the output size. */
  protected abstract pool(x: Tensor4D, strides: Tensor1D, known: KnownStrides): Tensor4D;

  /** The op as constant matrices for images of one size. */
  protected abstract matricesAt(input: [number, number], strides: Tensor1D): PoolingMatrices;

  /** The output [height, width] at given strides. */
  protected abstract sizeAt(input: [number, number], strides: [number, number]): [number, number];

  /** The note of {@link reductionNote} at given strides. */
  protected abstract noteAt(input: [number, number], strides: [number, number]): string | null;

  /** The output size along axis 0 (height) or 1 (width) without cropping. */
  protected abstract uncroppedSize(size: number, axis: 0 | 1): number;

  override build(inputShape: Shape | Shape[]): void {
    symbolicImage(plainClassName(this), inputShape);
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

  /** The trained variable, shape [2] or [1]; `null` until the layer is built. */
  get strideVariable(): Variable<Rank.R1> | null {
    return (this.strideWeight?.read() as Variable<Rank.R1> | undefined) ?? null;
  }

  /**
   * A copy of the current strides [S_h, S_w], within their limits. After an update with a gradient
   * that is not finite, the strides are not finite either, and the layer refuses to pool.
   */
  get strides(): [number, number] {
    const variable = this.strideVariable;
    if (!variable) {
      const [lower, upper] = this.limits;
      const within = (stride: number) => Math.min(Math.max(stride, lower), upper);
      return [within(this.initialStrides[0]), within(this.initialStrides[1])];
    }
    const [height, width = height] = this.hostCopy.present() as [number, number?];
    return [height, width];
  }

  /** The strides that set the output size. */
  private knownStrides(): KnownStrides {
    const { values, isExact } = this.hostCopy.read();
    const [height, width = height] = values as [number, number?];
    return { values: [height, width], isExact };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = layerInput(plainClassName(this), inputs);
      requireImage(plainClassName(this), x);
      const known = this.knownStrides();
      if (!this.hasPooled) this.warnOfFullSize(x, known.values);
      this.hasPooled = true;
      const variable = this.strideWeight!.read() as Tensor1D;
      return this.pool(x, scaledGradient(variable, this.strideGradientScale), known);
    });
  }

  private warnOfFullSize(x: Tensor, strides: [number, number]): void {
    if (env().getBool('PROD') || !strides.every(Number.isFinite)) return;
    const [rowAxis, columnAxis] = spatialAxes(this.options.dataFormat);
    const note = this.noteAt([x.shape[rowAxis]!, x.shape[columnAxis]!], strides);
    if (note) console.warn(`${plainClassName(this)}: ${this.name}: ${note}`);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage(plainClassName(this), inputShape).slice();
    spatialAxes(this.options.dataFormat).forEach((axis, i) => {
      const size = shape[axis];
      const isUnknown = this.options.cropping || size == null;
      shape[axis] = isUnknown ? null : this.uncroppedSize(size, i as 0 | 1);
    });
    return shape;
  }

  /** The output [height, width] at the current strides. */
  outputSize(input: [number, number]): [number, number] {
    requireSides(`${plainClassName(this)}.outputSize`, 'input', input);
    return this.sizeAt(input, this.strides);
  }

  /**
   * The output [height, width] at the host's copy of the strides. A penalty uses it, since it waits
   * for no device during training.
   */
  outputSizeAtCopy(input: [number, number]): [number, number] {
    requireSides(`${plainClassName(this)}.outputSizeAtCopy`, 'input', input);
    return this.sizeAt(input, this.knownStrides().values);
  }

  /**
   * Says that the current strides leave a map of [height, width] at its size although they are
   * above 1, with the equation and the remedy. Returns `null` if they reduce it.
   */
  reductionNote(input: [number, number]): string | null {
    requireSides(`${plainClassName(this)}.reductionNote`, 'input', input);
    return this.noteAt(input, this.strides);
  }

  /**
   * Returns the layer at its current strides, as matrices for images of one size. The caller
   * disposes of them.
   */
  matrices(input: [number, number]): PoolingMatrices {
    const className = plainClassName(this);
    requireSides(`${className}.matrices`, 'input', input);
    const strides = this.strideWeight?.read() as Tensor1D | undefined;
    if (!strides) {
      throw new StateError(`${className}: matrices need a built layer, got one without weights`);
    }
    return this.matricesAt(input, strides);
  }

  /**
   * Multiply-adds of the two matrix products for one image, at the current strides. Shapes are
   * without the batch axis.
   */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const image = imageSize(inputShape, this.options.dataFormat);
    return tidy(() => matricesMultiplyAdds(this.matrices([image[0], image[1]]), image));
  }

  override getConfig(): serialization.ConfigDict {
    const { lowerLimit = null, upperLimit = null, ...options } = this.options;
    return {
      ...super.getConfig(),
      ...(options as serialization.ConfigDict),
      lowerLimit,
      upperLimit,
      strides: [...this.initialStrides],
      sharedStride: this.sharedStride,
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
