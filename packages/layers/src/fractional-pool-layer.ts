import { ConfigError, integerIn } from '@ds/checks';
import { type PoolingLayer, plainClassName, plainName, registerLayer } from '@ds/graph';
import {
  addN,
  mul,
  scalar,
  type serialization,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import {
  FRACTIONAL_CHECKS,
  type FractionalPoolOptions,
  type FractionalPoolResult,
  type FractionalRegions,
  fractionalAvgMultiplyAdds,
  fractionalAvgPool,
  fractionalMaxPool,
  fractionalRegions,
  outputSizes,
} from './fractional-pool.js';
import {
  type LayerArgs,
  layerInput,
  requireConfig,
  type Shape,
  symbolicImage,
} from './layer-input.js';
import { imageSize } from './multiply-adds.js';
import { requireSides } from './stride-values.js';

/** Configuration of {@link FractionalMaxPool} and {@link FractionalAvgPool}. */
export interface FractionalPoolConfig extends LayerArgs {
  /** Input size over output size, ≥ 1. Excludes `outputSize`. Default √2. */
  ratio?: number | [number, number];
  /** Output [height, width], or one number for both. Excludes `ratio`. */
  outputSize?: number | [number, number];
  /** Whether neighbouring regions share their boundary. Default false. */
  overlapping?: boolean;
  /** Whether to draw Graham's pseudorandom sequences. Default false. */
  pseudoRandom?: boolean;
  /** Seed of all regions. Default 0. */
  seed?: number;
  /** Number of draws to average at inference. Default 1. */
  samples?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The largest number of draws to average. */
const MOST_SAMPLES = 4096;

/** The part that both layers share. */
abstract class FractionalPoolLayer extends tfl.layers.Layer implements PoolingLayer {
  private readonly options: Pick<FractionalPoolOptions, 'ratio' | 'outputSize'> & {
    overlapping: boolean;
    pseudoRandom: boolean;
    dataFormat: DataFormat;
  };
  private readonly seed: number;
  private readonly samples: number;
  /**
   * Number of draws in training so far. Together with the seed it determines the next draw. Set it
   * to resume training.
   */
  draws = 0;

  constructor(name: string, config: FractionalPoolConfig) {
    const { rows: _rows, columns: _columns, ...checks } = FRACTIONAL_CHECKS;
    requireConfig<Omit<FractionalPoolConfig, keyof LayerArgs>>(name, config, {
      ...checks,
      samples: integerIn(1, MOST_SAMPLES),
    });
    super({ ...config });
    this.name = config.name ?? plainName(this);
    const { ratio, outputSize, seed = 0, samples = 1, dataFormat = 'channelsLast' } = config;
    if (ratio !== undefined && outputSize !== undefined) {
      throw new ConfigError(`${name}: exactly one of ratio and outputSize must be given, got both`);
    }
    this.options = {
      ...structuredClone(
        outputSize === undefined ? { ratio: ratio ?? Math.SQRT2 } : { outputSize },
      ),
      overlapping: config.overlapping ?? false,
      pseudoRandom: config.pseudoRandom ?? false,
      dataFormat,
    };
    // An image of this size is large enough for every allowed output size.
    const huge = 2 ** 30;
    outputSizes(name, [huge, huge], this.options);
    this.seed = seed;
    this.samples = samples;
  }

  protected abstract pool(image: Tensor4D, options: FractionalPoolOptions): FractionalPoolResult;

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean } = {}): Tensor {
    return tidy(() => {
      const x = layerInput(plainClassName(this), inputs);
      requireImage(plainClassName(this), x);
      if (kwargs?.training) {
        // All branches of a shared layer get the same regions.
        const branches = Math.max(1, this.inboundNodes.length);
        const step = Math.floor(this.draws++ / branches);
        return this.drawn(x, step + 1);
      }
      const samples = Array.from({ length: this.samples }, (_, sample) => this.drawn(x, -sample));
      return this.samples === 1 ? samples[0]! : mul(addN(samples), scalar(1 / this.samples));
    });
  }

  /** Training draws count up from 1, and inference draws down from 0, so no two are equal. */
  private drawn(x: Tensor4D, draw: number): Tensor4D {
    return this.pool(x, this.optionsOf(draw)).output;
  }

  private optionsOf(draw: number): FractionalPoolOptions {
    return { ...this.options, seed: Math.imul(this.seed, 1_000_003) + draw };
  }

  /**
   * Returns the regions at inference for images of size [height, width], one entry per sample.
   *
   * @throws ConfigError if `input` is not two integers ≥ 1, or is smaller than `outputSize`.
   */
  regions(input: [number, number]): FractionalRegions[] {
    const op = `${plainClassName(this)}.regions`;
    requireSides(op, 'input', input);
    return Array.from({ length: this.samples }, (_, sample) =>
      fractionalRegions(op, input, this.optionsOf(-sample)),
    );
  }

  /** Multiply-adds of one draw on an image of size [H, W, C]. */
  protected abstract drawMultiplyAdds(
    image: [number, number, number],
    options: FractionalPoolOptions,
  ): number;

  /** Multiply-adds of all draws at inference, for one image. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const image = imageSize(inputShape, this.options.dataFormat);
    const draws = Array.from({ length: this.samples }, (_, sample) =>
      this.drawMultiplyAdds(image, this.optionsOf(-sample)),
    );
    return draws.reduce((sum, one) => sum + one, 0);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage(plainClassName(this), inputShape).slice();
    const axes = spatialAxes(this.options.dataFormat);
    const input = axes.map((axis) => shape[axis] ?? 2 ** 30) as [number, number];
    const size = outputSizes(plainClassName(this), input, this.options);
    axes.forEach((axis, i) => {
      if (shape[axis] != null || this.options.outputSize !== undefined) shape[axis] = size[i]!;
    });
    return shape;
  }

  override getConfig(): serialization.ConfigDict {
    const options = structuredClone(this.options) as unknown as serialization.ConfigDict;
    return { ...super.getConfig(), ...options, seed: this.seed, samples: this.samples };
  }
}

/**
 * Fractional max-pooling as a `tf.layers` layer around {@link fractionalMaxPool} (Graham 2014).
 *
 * In training every step draws new regions, which the seed determines. At inference the regions are
 * fixed, and the layer returns the mean over `samples` draws. It has no weights. Shapes:
 * `[batch, height, width, channels]` → `[batch, floor(H/ratio), floor(W/ratio), channels]`, or
 * `outputSize`.
 *
 * @throws ConfigError on a bad configuration, as {@link fractionalMaxPool} does.
 */
export class FractionalMaxPool extends FractionalPoolLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalMaxPool';

  constructor(config: FractionalPoolConfig = {}) {
    super('FractionalMaxPool', config);
  }

  protected pool(image: Tensor4D, options: FractionalPoolOptions): FractionalPoolResult {
    return fractionalMaxPool(image, options);
  }

  /** A maximum has no multiply-adds. */
  protected drawMultiplyAdds(): number {
    return 0;
  }
}

/**
 * {@link fractionalAvgPool} as a layer: {@link FractionalMaxPool} with means instead of maxima.
 *
 * @throws ConfigError on a bad configuration, as {@link fractionalAvgPool} does.
 */
export class FractionalAvgPool extends FractionalPoolLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalAvgPool';

  constructor(config: FractionalPoolConfig = {}) {
    super('FractionalAvgPool', config);
  }

  protected pool(image: Tensor4D, options: FractionalPoolOptions): FractionalPoolResult {
    return fractionalAvgPool(image, options);
  }

  protected drawMultiplyAdds(
    image: [number, number, number],
    options: FractionalPoolOptions,
  ): number {
    return fractionalAvgMultiplyAdds(image, { ...options, dataFormat: 'channelsLast' });
  }
}

registerLayer(FractionalMaxPool, 'FractionalMaxPool');
registerLayer(FractionalAvgPool, 'FractionalAvgPool');
