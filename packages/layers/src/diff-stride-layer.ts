import { ConfigError, requireBoolean, requirePositive, StateError } from '@ds/checks';
import {
  disposeByGraph,
  HostCopy,
  type PoolingLayer,
  plainName,
  projectWeight,
  registerLayer,
} from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Alignment } from '@ds/masks';
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
import {
  DIFF_STRIDE_CHECKS,
  type DiffStrideOptions,
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
import { imageSize, matricesMultiplyAdds } from './multiply-adds.js';
import { reductionNote } from './reduction-note.js';
import { scaledGradient } from './scaled-gradient.js';
import type { Norm } from './spectral-matrices.js';
import { checkStrides, requireSides, requireStrides } from './stride-values.js';
import { StridesConstraint, StridesInitializer } from './stride-weight.js';

/** Configuration of {@link DiffStride}. */
export interface DiffStrideConfig extends LayerArgs {
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
  /** `'published'` (default) or `'symmetric'`. */
  alignment?: Alignment;
  /** Default `'ortho'`. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of the op's options, except for `outputSize` and `path`: the layer chooses these. */
const { outputSize: _outputSize, path: _path, ...LAYER_OPTIONS } = DIFF_STRIDE_CHECKS;

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
 * The first call of a layer warns if the strides do not reduce the map: see `reductionNote`. It does
 * not in production, that is with tfjs's flag `PROD`.
 *
 * Paper: Riad et al., "Learning strides in convolutional neural networks", ICLR 2022.
 *
 * @throws ConfigError on a bad configuration, as {@link diffStride} does.
 */
export class DiffStride extends tfl.layers.Layer implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>DiffStride';
  private readonly initialStrides: [number, number];
  private readonly sharedStride: boolean;
  private readonly strideGradientScale: number;
  private readonly options: Required<
    Pick<DiffStrideOptions, 'smoothness' | 'cropping' | 'alignment' | 'norm' | 'dataFormat'>
  > &
    Pick<DiffStrideOptions, 'lowerLimit' | 'upperLimit'>;
  private strideWeight: tfl.LayerVariable | null = null;
  private hasPooled = false;
  /** The host's copy of the strides. It sets the output size. */
  readonly hostCopy = new HostCopy(() => this.strideVariable);

  constructor(config: DiffStrideConfig = {}) {
    requireConfig<Omit<DiffStrideConfig, keyof LayerArgs>>('DiffStride', config, {
      ...LAYER_OPTIONS,
      strides: checkStrides,
      sharedStride: requireBoolean,
      strideGradientScale: requirePositive,
    });
    requireLimits('DiffStride', config);
    super({ ...config });
    this.name = config.name ?? plainName(this);
    this.initialStrides = requireStrides('DiffStride', config.strides ?? [2, 2]);
    this.sharedStride = config.sharedStride ?? false;
    this.strideGradientScale = config.strideGradientScale ?? 1;
    if (this.sharedStride && this.initialStrides[0] !== this.initialStrides[1]) {
      throw new ConfigError(
        'DiffStride: strides must be equal with sharedStride, ' +
          `got [${this.initialStrides.join(', ')}]`,
      );
    }
    this.options = {
      smoothness: config.smoothness ?? 4,
      cropping: config.cropping ?? true,
      alignment: config.alignment ?? 'published',
      norm: config.norm ?? 'ortho',
      dataFormat: config.dataFormat ?? 'channelsLast',
      lowerLimit: config.lowerLimit,
      upperLimit: config.upperLimit,
    };
  }

  override build(inputShape: Shape | Shape[]): void {
    symbolicImage('DiffStride', inputShape);
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
      const x = layerInput('DiffStride', inputs);
      requireImage('DiffStride', x);
      const known = this.knownStrides();
      if (!this.hasPooled) this.warnOfFullSize(x, known.values);
      this.hasPooled = true;
      const variable = this.strideWeight!.read() as Tensor1D;
      const strides = scaledGradient(variable, this.strideGradientScale);
      return poolWithStrides('DiffStride', x, strides, this.options, known);
    });
  }

  private warnOfFullSize(x: Tensor, strides: [number, number]): void {
    if (env().getBool('PROD') || !strides.every(Number.isFinite)) return;
    const [rowAxis, columnAxis] = spatialAxes(this.options.dataFormat);
    const note = this.noteAt([x.shape[rowAxis]!, x.shape[columnAxis]!], strides);
    if (note) console.warn(`DiffStride: ${this.name}: ${note}`);
  }

  private noteAt(input: [number, number], strides: [number, number]): string | null {
    return reductionNote(input, strides, { ...this.options, sharedStride: this.sharedStride });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage('DiffStride', inputShape).slice();
    const [rowAxis, columnAxis] = spatialAxes(this.options.dataFormat);
    if (this.options.cropping) {
      shape[rowAxis] = null;
      shape[columnAxis] = null;
      return shape;
    }
    const width = shape[columnAxis];
    if (width != null) shape[columnAxis] = Math.max(1, 2 * Math.floor(width / 2));
    return shape;
  }

  /** The output [height, width] at the current strides. */
  outputSize(input: [number, number]): [number, number] {
    requireSides('DiffStride.outputSize', 'input', input);
    return outputSizeAt(input, this.strides, {
      ...this.options,
      sharedStride: this.sharedStride,
    });
  }

  /**
   * The output [height, width] at the host's copy of the strides. A penalty uses it, since it waits
   * for no device during training.
   */
  outputSizeAtCopy(input: [number, number]): [number, number] {
    requireSides('DiffStride.outputSizeAtCopy', 'input', input);
    const { sharedStride } = this;
    return outputSizeAt(input, this.knownStrides().values, { ...this.options, sharedStride });
  }

  /**
   * Says that the current strides leave a map of [height, width] at its size although they are above
   * 1, with the equation and the remedy. Returns `null` if they reduce it.
   */
  reductionNote(input: [number, number]): string | null {
    requireSides('DiffStride.reductionNote', 'input', input);
    return this.noteAt(input, this.strides);
  }

  /**
   * Returns the layer at its current strides, as matrices for images of one size. The caller
   * disposes of them.
   */
  matrices(input: [number, number]): PoolingMatrices {
    requireSides('DiffStride.matrices', 'input', input);
    const strides = this.strideWeight?.read() as Tensor1D | undefined;
    if (!strides)
      throw new StateError('DiffStride: matrices need a built layer, got one without weights');
    return diffStrideMatrices(input, strides, this.options);
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
      ...options,
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
registerLayer(DiffStride, 'DiffStride');

/**
 * Whether a value is a {@link DiffStride}, also one of another copy of this package. TypeScript then
 * knows its members: `model.layers.find(isDiffStride)?.strides`.
 */
export function isDiffStride(layer: unknown): layer is DiffStride {
  const { getClassName } = (layer ?? {}) as Partial<tfl.layers.Layer>;
  return typeof getClassName === 'function' && getClassName.call(layer) === DiffStride.className;
}
