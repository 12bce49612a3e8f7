import { type Checks, ConfigError, integerIn } from '@ds/checks';
import { type PoolingLayer, plainClassName, plainName } from '@ds/graph';
import type { Regions } from '@ds/kernels';
import { addN, mul, scalar, type serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import {
  drawChecks,
  drawnRegions,
  type FractionalDrawOptions,
  fractionalMeanMultiplyAdds,
  outputSizes,
} from './fractional-axes.js';
import {
  type LayerArgs,
  layerInput,
  requireConfig,
  type Shape,
  symbolicImage,
} from './layer-input.js';
import { drawSeed } from './layer-seed.js';
import { ModelRun } from './model-run.js';
import { imageSize } from './multiply-adds.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import { requireSides } from './stride-values.js';

/** Configuration of fractional pooling with R axes. As in tfjs, one axis has no data format. */
export type FractionalAxesConfig<R extends SpatialRank> = LayerArgs &
  (R extends 1 ? Omit<LayerOptions<R>, 'dataFormat'> : LayerOptions<R>);

/** The options of a layer. */
export interface LayerOptions<R extends SpatialRank> {
  /**
   * Input size over output size, ≥ 1, one number for all axes. Excludes `outputSize`. Default √2.
   */
  ratio?: number | Readonly<PerAxis<R>>;
  /** Output size, one number for all axes. Excludes `ratio`. */
  outputSize?: number | Readonly<PerAxis<R>>;
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
export const MOST_SAMPLES = 4096;

/** The part that all layers of fractional pooling share. */
export abstract class FractionalAxesLayer<R extends SpatialRank>
  extends tfl.layers.Layer
  implements PoolingLayer
{
  private readonly options: Pick<FractionalDrawOptions<R>, 'ratio' | 'outputSize'> & {
    overlapping: boolean;
    pseudoRandom: boolean;
    dataFormat: DataFormat;
  };
  private readonly seed: number;
  private readonly samples: number;
  private readonly run = new ModelRun();
  /**
   * Number of draws in training so far. Together with the seed it determines the next draw. Set it
   * to resume training.
   */
  draws = 0;

  constructor(
    name: string,
    protected readonly spatialRank: R,
    private readonly reduce: 'max' | 'mean',
    config: LayerArgs & LayerOptions<R>,
  ) {
    requireConfig<LayerOptions<R>>(name, config, {
      ...drawChecks(spatialRank),
      samples: integerIn(1, MOST_SAMPLES),
    } as Checks<LayerOptions<R>>);
    super({ ...config });
    this.name = config.name ?? plainName(this);
    const { ratio, outputSize, seed = 0, samples = 1, dataFormat = 'channelsLast' } = config;
    if (ratio !== undefined && outputSize !== undefined) {
      throw new ConfigError(`${name}: at most one of ratio and outputSize must be given, got both`);
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
    outputSizes(name, spatialRank, Array<number>(spatialRank).fill(huge), this.options);
    this.seed = seed;
    this.samples = samples;
  }

  protected abstract pool(image: Tensor, options: FractionalDrawOptions<R>): Tensor;

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean } = {}): Tensor {
    return tidy(() => {
      const x = layerInput<Tensor>(plainClassName(this), inputs);
      requireImage(plainClassName(this), x, this.spatialRank);
      if (kwargs?.training) {
        // All branches of a shared layer get the same regions.
        if (this.run.begins(kwargs, this.inboundNodes.length)) this.draws += 1;
        return this.drawn(x, this.draws);
      }
      const samples = Array.from({ length: this.samples }, (_, sample) => this.drawn(x, -sample));
      return this.samples === 1 ? samples[0]! : mul(addN(samples), scalar(1 / this.samples));
    });
  }

  /** Training draws count up from 1, and inference draws down from 0, so no two are equal. */
  private drawn(x: Tensor, draw: number): Tensor {
    return this.pool(x, this.optionsOf(draw));
  }

  private optionsOf(draw: number): FractionalDrawOptions<R> {
    const { dataFormat, ...options } = this.options;
    const format = this.spatialRank === 1 ? {} : { dataFormat };
    return { ...options, ...format, seed: drawSeed(this.seed, draw) };
  }

  /**
   * Returns the regions at inference for images with these sides, one entry per sample. Each entry
   * has one list for each axis.
   *
   * @throws ConfigError if `input` does not have an integer ≥ 1 for each axis, or is smaller than
   *   `outputSize`.
   */
  regionsOfAxes(input: number[]): Regions[][] {
    const op = `${plainClassName(this)}.regionsOfAxes`;
    return this.sampleRegions(op, requireSides(op, 'input', input, this.spatialRank));
  }

  /** The regions at inference along each axis, one entry per sample. */
  protected sampleRegions(op: string, sides: readonly number[]): Regions[][] {
    return Array.from({ length: this.samples }, (_, sample) =>
      drawnRegions(op, this.spatialRank, sides, this.optionsOf(-sample)),
    );
  }

  /**
   * Multiply-adds of all draws at inference, for one image. Maxima have none. Shapes are without
   * the batch axis.
   */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    if (this.reduce === 'max') return 0;
    const image = imageSize<number[]>(inputShape, this.options.dataFormat);
    const op = `${plainClassName(this)}.multiplyAdds`;
    const draws = Array.from({ length: this.samples }, (_, sample) => {
      const options = this.optionsOf(-sample);
      return fractionalMeanMultiplyAdds(op, this.spatialRank, image, options);
    });
    return draws.reduce((sum, one) => sum + one, 0);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { spatialRank, options } = this;
    const shape = symbolicImage(plainClassName(this), inputShape, spatialRank).slice();
    const axes: number[] = spatialAxes(options.dataFormat, spatialRank);
    const input = axes.map((axis) => shape[axis] ?? 2 ** 30);
    const size = outputSizes(plainClassName(this), spatialRank, input, options);
    axes.forEach((axis, i) => {
      if (shape[axis] != null || options.outputSize !== undefined) shape[axis] = size[i]!;
    });
    return shape;
  }

  override getConfig(): serialization.ConfigDict {
    const options = structuredClone(this.options) as unknown as serialization.ConfigDict;
    if (this.spatialRank === 1) delete options.dataFormat;
    return { ...super.getConfig(), ...options, seed: this.seed, samples: this.samples };
  }
}
