import {
  type Checks,
  ConfigError,
  refuse,
  requireBoolean,
  requirePositive,
  requireSize,
  requireThreshold,
  StateError,
} from '@ds/checks';
import {
  disposeByGraph,
  type HostCopy,
  type PoolingLayer,
  plainName,
  registerLayer,
} from '@ds/graph';
import {
  add,
  conv2d,
  mul,
  pad,
  reshape,
  scalar,
  type serialization,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { isOfClass } from './class-name.js';
import { requireImage } from './data-format.js';
import {
  type LayerArgs,
  layerInput,
  requireConfig,
  type Shape,
  symbolicImage,
} from './layer-input.js';
import { weightSeed } from './layer-seed.js';
import { type LearnedAxis, type LearnedSize, LearnedSizes } from './learned-sizes.js';

/** Configuration of {@link MaskedConv2D}. */
export interface MaskedConv2DConfig extends LayerArgs {
  /** The largest number of output channels. */
  filters: number;
  /** The largest kernel, odd: [height, width], or one number for both. Default 7. */
  kernelSize?: number | readonly [number, number];
  /** Whether the kernel's size is learned. Default true. */
  learnsKernel?: boolean;
  /** Whether the number of output channels is learned. Default true. */
  learnsWidth?: boolean;
  /** Initial kernel size along each axis, in taps. Default 3, or `kernelSize` if that is less. */
  initialKernelSize?: number;
  /**
   * Smallest kernel size, in taps. Default 3, or `initialKernelSize` if that is less. Below 3, the
   * outer taps cost as much and fade.
   */
  minKernelSize?: number;
  /** Initial number of output channels, which may be a fraction. Default `filters`. */
  initialFilters?: number;
  /** Smallest number of output channels. Default 1. */
  minFilters?: number;
  /** τ of the width's mask, in channels. Default `filters`/16. */
  temperature?: number;
  /** T in (0, 1): masks below this value are cut. Default 0.1. */
  threshold?: number;
  /** Return only the kept channels. Otherwise, the channels beyond are 0. Default true. */
  cropping?: boolean;
  /** The largest number of input channels. Needed if the layer before crops its channels. */
  inputChannels?: number;
  /** Default true. */
  useBias?: boolean;
  /** Seed of the initial kernel. */
  seed?: number;
}

type Options = Required<Omit<MaskedConv2DConfig, keyof LayerArgs | 'inputChannels' | 'seed'>> & {
  kernelSize: [number, number];
};

/** The current sizes of a {@link MaskedConv2D}. */
export interface MaskedConv2DSizes {
  /** [height, width] of the kernel. */
  kernel: [number, number];
  /** Output channels. */
  width: number;
}

/** The masked weights of a {@link MaskedConv2D} at its current sizes. */
export interface CroppedWeights {
  /** `[height, width, inputs, outputs]`. */
  kernel: Tensor4D;
  /** `[outputs]`, or `null` without a bias. */
  bias: Tensor1D | null;
}

const CHECKS: Checks<Omit<MaskedConv2DConfig, keyof LayerArgs | 'seed'>> = {
  filters: requireSize,
  kernelSize: requireOddSides,
  learnsKernel: requireBoolean,
  learnsWidth: requireBoolean,
  initialKernelSize: requirePositive,
  minKernelSize: requirePositive,
  initialFilters: requirePositive,
  minFilters: requirePositive,
  temperature: requirePositive,
  threshold: requireThreshold,
  cropping: requireBoolean,
  inputChannels: requireSize,
  useBias: requireBoolean,
};

/**
 * A convolution at stride 1 and padding `'same'` whose kernel size and width are learned, as in
 * DNArch (Romero & Zeghidour, "DNArch: Learning convolutional neural architectures by
 * backpropagation", 2023):
 *
 *     y_n = m_w(n) · (Σ_{ijc} m_h(i) m_v(j) K_{ijcn} x_c(· + i, · + j) + b_n)
 *
 * m_h and m_v are `gaussianMask`s over the rows and columns of the kernel, centred. m_w is a
 * `sigmoidMask` over the output channels. The layer computes with the kept taps and channels only,
 * so smaller sizes are less work. Weights beyond the masks return when a size grows. They get no
 * gradient. Weight decay and momentum still move them.
 *
 * The trainable weight `sizes` holds [kernel height, kernel width, channels] as shares of the
 * largest sizes, without those that are not learned. Shares stay between the smallest size and 1.
 * They have a gradient through the masks and through `budgetLoss` of `@ds/models`.
 *
 * DNArch learns kernels as continuous functions, which a small network computes. Here the kernels
 * are plain weights. The paper's layers also mask their input channels. Here the layer takes the
 * first channels of its kernel for an input that was cropped.
 *
 * Placement: no batch norm directly after a learned width, since it divides the mask out again.
 * For downsampling put a pooling after the layer.
 *
 * Shapes: `[batch, height, width, inputs]` → `[batch, height, width, null]`: the kept channels, of
 * which the next `MaskedConv2D` needs `inputChannels`. With `cropping: false` or
 * `learnsWidth: false`, `filters` channels.
 *
 * @throws ConfigError on a bad configuration, or an input with more channels than the kernel.
 */
export class MaskedConv2D extends tfl.layers.Layer implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>MaskedConv2D';
  private readonly options: Options;
  private readonly inputChannels: number | null;
  private readonly seed: number | null;
  private readonly learned: LearnedSizes;
  private kernelWeight: tfl.LayerVariable | null = null;
  private biasWeight: tfl.LayerVariable | null = null;

  constructor(config: MaskedConv2DConfig) {
    requireConfig<Omit<MaskedConv2DConfig, keyof LayerArgs | 'seed'>>(
      'MaskedConv2D',
      config,
      CHECKS,
    );
    CHECKS.filters('MaskedConv2D', 'filters', config.filters);
    super({ ...config });
    this.name = config.name ?? plainName(this);
    this.options = optionsOf(config);
    this.inputChannels = config.inputChannels ?? null;
    this.seed = config.seed ?? null;
    this.learned = new LearnedSizes('MaskedConv2D', axesOf(this.options));
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = symbolicImage('MaskedConv2D', inputShape)[3];
    const inputs = this.inputChannels ?? channels;
    if (inputs == null) {
      throw new ConfigError(
        'MaskedConv2D: inputChannels must be given if the layer before crops its channels, ' +
          'got null',
      );
    }
    if (channels != null && channels > inputs) {
      throw new ConfigError(
        `MaskedConv2D: inputChannels must be >= the input's channels (${channels}), got ${inputs}`,
      );
    }
    const { kernelSize, filters, useBias } = this.options;
    this.kernelWeight = this.addWeight(
      'kernel',
      [...kernelSize, inputs, filters],
      'float32',
      tfl.initializers.randomNormal({
        mean: 0,
        stddev: Math.sqrt(2 / (inputs * this.initialPower())),
        ...(this.seed !== null && { seed: weightSeed(this.seed, 0) }),
      }),
    );
    if (useBias) {
      this.biasWeight = this.addWeight('bias', [filters], 'float32', tfl.initializers.zeros());
    }
    this.learned.build((name, shape, initial) => this.addWeight(name, shape, 'float32', initial));
    super.build(inputShape);
  }

  /** Σ m_h² m_v² at the initial size, so that He's variance holds for the masked kernel. */
  private initialPower(): number {
    const { kernelSize, learnsKernel, threshold } = this.options;
    if (!learnsKernel) return kernelSize[0] * kernelSize[1];
    const power = kernelSize.map((length, at) => {
      const { initial } = this.learned.axes[at]!;
      const [start, end] = this.learned.kept(at, initial);
      let sum = 0;
      for (let tap = start; tap < end; tap++) {
        const extent = 2 * tap - (length - 1);
        sum += threshold ** (2 * (extent / initial) ** 2);
      }
      return sum;
    });
    return power[0]! * power[1]!;
  }

  /** The shares of the learned sizes, or `null` until the layer is built or if it learns none. */
  get sizeVariable(): Variable | null {
    return this.learned.variable;
  }

  /** The host's copy of the shares. It decides what is kept. */
  get hostCopy(): HostCopy {
    return this.learned.hostCopy;
  }

  /** The current sizes, as real numbers of taps and channels. */
  get sizes(): MaskedConv2DSizes {
    const { kernelSize, filters, learnsKernel, learnsWidth } = this.options;
    const sizes = this.learned.present();
    return {
      kernel: learnsKernel ? [sizes[0]!, sizes[1]!] : [kernelSize[0], kernelSize[1]],
      width: learnsWidth ? sizes.at(-1)! : filters,
    };
  }

  /** The current sizes as whole numbers: the taps and channels that the layer computes with. */
  get keptSizes(): MaskedConv2DSizes {
    const [rows, columns, channels] = this.ranges(this.learned.present());
    return { kernel: [lengthOf(rows), lengthOf(columns)], width: lengthOf(channels) };
  }

  /**
   * The sizes for a penalty, as numbers by the host's copy, and as scalars that are differentiable
   * in the layer's weight. The caller disposes of the scalars.
   */
  learnedSizes(): { kernel: [LearnedSize, LearnedSize]; width: LearnedSize } {
    const { kernelSize, filters, learnsKernel, learnsWidth } = this.options;
    const sizes = this.learned.known();
    const [rows, columns, channels] = this.ranges(sizes);
    const of = (range: Range, isLearned: boolean, at: number, length: number): LearnedSize => ({
      kept: lengthOf(range),
      value: isLearned ? sizes[at]! : length,
      size: isLearned ? this.learned.size(at) : scalar(length),
    });
    return {
      kernel: [
        of(rows, learnsKernel, 0, kernelSize[0]),
        of(columns, learnsKernel, 1, kernelSize[1]),
      ],
      width: of(channels, learnsWidth, this.learned.axes.length - 1, filters),
    };
  }

  /** The kept rows and columns of the kernel, and the kept channels, at these sizes. */
  private ranges(sizes: number[]): [rows: Range, columns: Range, channels: Range] {
    const { kernelSize, filters, learnsKernel, learnsWidth } = this.options;
    const last = this.learned.axes.length - 1;
    const taps = (axis: 0 | 1): Range =>
      learnsKernel ? this.learned.kept(axis, sizes[axis]!) : [0, kernelSize[axis]];
    return [taps(0), taps(1), learnsWidth ? this.learned.kept(last, sizes[last]!) : [0, filters]];
  }

  /**
   * The kernel and the bias at the current sizes, masked and cropped, for inputs with this number
   * of channels. They are the weights of a stock `Conv2D` that computes the same. The caller
   * disposes of them.
   *
   * @throws StateError if the layer is not built; ConfigError if its kernel has fewer input
   *   channels.
   */
  croppedWeights(inputs: number): CroppedWeights {
    requireSize('MaskedConv2D.croppedWeights', 'inputs', inputs);
    return this.masked('MaskedConv2D.croppedWeights', 'inputs', inputs, this.learned.present());
  }

  private masked(op: string, name: string, inputs: number, sizes: number[]): CroppedWeights {
    const kernel = this.kernelWeight?.read() as Tensor4D | undefined;
    if (!kernel) throw new StateError(`${op}: the layer must be built, got one without weights`);
    this.requireInputs(op, name, inputs);
    const { learnsKernel, learnsWidth } = this.options;
    const [rows, columns, channels] = this.ranges(sizes);
    const last = this.learned.axes.length - 1;
    const [cropped, croppedBias = null] = tidy(() => {
      const size = [lengthOf(rows), lengthOf(columns), inputs, lengthOf(channels)];
      let cropped: Tensor = slice(kernel, [rows[0], columns[0], 0, channels[0]], size);
      if (learnsKernel) {
        cropped = mul(cropped, reshape(this.learned.mask(0, rows), [-1, 1, 1, 1]));
        cropped = mul(cropped, reshape(this.learned.mask(1, columns), [1, -1, 1, 1]));
      }
      const width = learnsWidth ? this.learned.mask(last, channels) : null;
      if (width) cropped = mul(cropped, reshape(width, [1, 1, 1, -1]));
      if (!this.biasWeight) return [cropped];
      const bias = slice(this.biasWeight.read(), [channels[0]], [lengthOf(channels)]);
      return [cropped, width ? mul(bias, width) : bias];
    });
    return { kernel: cropped as Tensor4D, bias: croppedBias as Tensor1D | null };
  }

  /** Checks a number of input channels, which may be unknown, once the layer is built. */
  private requireInputs(op: string, name: string, inputs: number | null | undefined): void {
    const largest = this.kernelWeight?.shape[2] ?? Number.POSITIVE_INFINITY;
    if (inputs == null || inputs <= largest) return;
    throw new ConfigError(
      `${op}: layer '${this.name}': ${name} must have <= ${largest} channels, got ${inputs}`,
    );
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = layerInput('MaskedConv2D', inputs);
      requireImage('MaskedConv2D', x);
      const sizes = this.learned.known();
      const { kernel, bias } = this.masked('MaskedConv2D', 'inputs', x.shape[3], sizes);
      let y: Tensor4D = conv2d(x, kernel, 1, 'same');
      if (bias) y = add(y, bias);
      const missing = this.options.filters - y.shape[3];
      if (this.options.cropping || missing === 0) return y;
      return pad(y, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, missing],
      ]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, height, width, inputs] = symbolicImage('MaskedConv2D', inputShape);
    this.requireInputs('MaskedConv2D', 'inputs', inputs);
    const { cropping, learnsWidth, filters } = this.options;
    return [batch!, height!, width!, cropping && learnsWidth ? null : filters];
  }

  /** Multiply-adds for one image at the kept sizes. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], [height, width, inputs]: number[]): number {
    const { kernel, width: outputs } = this.keptSizes;
    return height! * width! * inputs! * kernel[0] * kernel[1] * outputs;
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    return disposeByGraph(this, () => super.dispose());
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      ...structuredClone(this.options),
      inputChannels: this.inputChannels,
      seed: this.seed,
    };
  }

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const { inputChannels, seed, ...rest } = config;
    return new cls({
      ...rest,
      ...(inputChannels == null ? {} : { inputChannels }),
      ...(seed == null ? {} : { seed }),
    });
  }
}
registerLayer(MaskedConv2D, 'MaskedConv2D');

/** Whether a value is a {@link MaskedConv2D}, also one of another copy of this package. */
export function isMaskedConv2D(layer: unknown): layer is MaskedConv2D {
  return isOfClass(layer, [MaskedConv2D.className]);
}

type Range = [start: number, end: number];

function lengthOf([start, end]: Range): number {
  return end - start;
}

/** The options with their defaults. */
function optionsOf(config: MaskedConv2DConfig): Options {
  const { filters, kernelSize = 7 } = config;
  const sides: [number, number] = Array.isArray(kernelSize)
    ? [kernelSize[0], kernelSize[1]]
    : [kernelSize, kernelSize];
  const initialKernelSize = config.initialKernelSize ?? Math.min(3, Math.max(...sides));
  const options = {
    filters,
    kernelSize: sides,
    learnsKernel: config.learnsKernel ?? true,
    learnsWidth: config.learnsWidth ?? true,
    initialKernelSize,
    minKernelSize: config.minKernelSize ?? Math.max(1, Math.min(3, initialKernelSize)),
    initialFilters: config.initialFilters ?? filters,
    minFilters: config.minFilters ?? 1,
    temperature: config.temperature ?? filters / 16,
    threshold: config.threshold ?? 0.1,
    cropping: config.cropping ?? true,
    useBias: config.useBias ?? true,
  };
  requireAtLeastOne('initialKernelSize', options.initialKernelSize);
  requireAtLeastOne('initialFilters', options.initialFilters);
  requireAtLeastOne('minKernelSize', options.minKernelSize);
  requireAtLeastOne('minFilters', options.minFilters);
  requireAtMost('initialKernelSize', options.initialKernelSize, Math.max(...sides), 'kernelSize');
  requireAtMost('minKernelSize', options.minKernelSize, initialKernelSize, 'initialKernelSize');
  requireAtMost('initialFilters', options.initialFilters, filters, 'filters');
  requireAtMost('minFilters', options.minFilters, options.initialFilters, 'initialFilters');
  return options;
}

function requireAtLeastOne(name: string, value: number): void {
  if (value < 1) refuse('MaskedConv2D', name, 'be >= 1', value);
}

function requireAtMost(name: string, value: number, largest: number, of: string): void {
  if (value <= largest) return;
  throw new ConfigError(`MaskedConv2D: ${name} must be <= ${of} (${largest}), got ${value}`);
}

/** The learned axes, in the order of the weight. */
function axesOf(options: Options): LearnedAxis[] {
  const { kernelSize, filters, learnsKernel, learnsWidth, threshold, temperature } = options;
  const taps = kernelSize.map((length): LearnedAxis => {
    const initial = Math.min(options.initialKernelSize, length);
    const smallest = Math.min(options.minKernelSize, initial);
    return { length, initial, smallest, form: 'gaussian', threshold };
  });
  const width: LearnedAxis = {
    length: filters,
    initial: options.initialFilters,
    smallest: options.minFilters,
    form: 'sigmoid',
    threshold,
    temperature,
  };
  return [...(learnsKernel ? taps : []), ...(learnsWidth ? [width] : [])];
}

/** @throws ConfigError if a kernel size is not odd, or not one or two sizes. */
function requireOddSides(op: string, name: string, value: unknown): void {
  const sides = Array.isArray(value) ? value : [value, value];
  if (sides.length !== 2) refuse(op, name, 'be one number or [height, width]', value);
  for (const side of sides) {
    requireSize(op, name, side);
    if (side % 2 !== 1) refuse(op, name, 'be odd', value);
  }
}
