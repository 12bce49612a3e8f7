import { type Check, type Checks, oneOf } from '@ds/checks';
import { type PoolingLayer, plainClassName } from '@ds/graph';
import type { serialization, Tensor } from '@tensorflow/tfjs-core';
import {
  type Blur,
  type BlurPoolOptions,
  blurMultiplyAdds,
  blurOf,
  blurPoolOutputSize,
  type DenseBlurPoolOptions,
  denseChecks,
  denseSize,
  whyUnblurable,
  windowMeanMultiplyAdds,
} from './blur-axes.js';
import { filterOptions } from './blur-filter.js';
import { type DataFormat, spatialAxes } from './data-format.js';
import { checkIntegerStrides } from './integer-strides.js';
import { type LayerArgs, requireConfig, type Shape } from './layer-input.js';
import { MapSizeError } from './map-size-error.js';
import { imageSize } from './multiply-adds.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import { StaticPoolLayer } from './static-pool-layer.js';

/** Configuration of a blur with R axes. As in tfjs, one axis has no data format. */
export type BlurAxesConfig<R extends SpatialRank, Options = BlurPoolOptions> = LayerArgs &
  (R extends 1 ? Omit<Options, 'dataFormat'> : Options) & {
    /** Integer strides ≥ 1, one number for all axes. Default 2. Exclude `outputSize`. */
    strides?: number | Readonly<PerAxis<R>>;
  };

/** Configuration of a dense maximum or mean with a blur. */
export type DenseBlurAxesConfig<R extends SpatialRank> = BlurAxesConfig<R, DenseBlurPoolOptions>;

/** The options of a blur with R axes, as its layer saves them. */
export interface BlurLayerOptions<R extends SpatialRank> extends Blur<R> {
  poolSize: number;
  dataFormat?: DataFormat;
}

/** The options that are `null` in a configuration if they do not apply. */
const NULLABLE = ['strides', 'outputSize', 'filterSize', 'attenuation'];

/** The windows before a blur: none, their maximum or their mean. */
type Windows = 'none' | 'max' | 'mean';

/** The part that all layers with a blur share: checks, shapes, counts and configuration. */
export abstract class BlurAxesLayer<R extends SpatialRank>
  extends StaticPoolLayer<BlurLayerOptions<R>, Tensor>
  implements PoolingLayer
{
  constructor(
    name: string,
    rank: R,
    private readonly windows: Windows,
    config: DenseBlurPoolOptions & LayerArgs & { strides?: number | readonly number[] },
  ) {
    requireConfig(name, config, layerChecks(rank, windows));
    const { poolSize = windows === 'none' ? 1 : 2 } = config;
    const { filter, filterSize, attenuation, padding, outputSize } = config;
    const options = { filter, filterSize, attenuation, padding, outputSize };
    const blur = structuredClone(blurOf(name, rank, config.strides, options));
    const { dataFormat = 'channelsLast' } = config;
    const format = rank === 1 ? {} : { dataFormat };
    super(config, { ...blur, poolSize, ...format }, rank);
  }

  protected axisSize(size: number, axis: number): number {
    const { strides, poolSize, padding } = this.options;
    return blurPoolOutputSize(denseSize(size, poolSize, padding), strides![axis]!);
  }

  /** @throws MapSizeError that names the layer and its map if the op would refuse a known size. */
  protected override pooledShape(input: Shape): Shape {
    const { poolSize, dataFormat = 'channelsLast' } = this.options;
    const sides = spatialAxes(dataFormat, this.spatialRank).map((axis) => input[axis] ?? null);
    const shape = super.pooledShape(input);
    const className = plainClassName(this);
    for (const [axis, size] of sides.entries()) {
      if (size === null) continue;
      const why =
        poolSize > size
          ? `poolSize must be at most its size, got ${poolSize}`
          : whyUnblurable(className, size, axis, this.options, poolSize);
      if (why) throw new MapSizeError(className, this.name, sides, why);
    }
    return shape;
  }

  /** The blur takes the windows' outputs. */
  protected override largestOutput(size: number): number {
    return denseSize(size, this.options.poolSize, this.options.padding);
  }

  /** The strides of the op, which has none with an output size. */
  protected get opStrides(): PerAxis<R> | undefined {
    return this.options.strides ?? undefined;
  }

  /** The options of the blur alone. */
  protected get blurOptions(): BlurPoolOptions {
    const { padding, dataFormat, outputSize } = this.options;
    return {
      ...filterOptions(this.options),
      padding,
      ...(outputSize && { outputSize }),
      ...(dataFormat && { dataFormat }),
    };
  }

  /** The options of the dense maximum or mean with its blur. */
  protected get denseOptions(): DenseBlurPoolOptions {
    return { ...this.blurOptions, poolSize: this.options.poolSize };
  }

  /**
   * Multiply-adds of the means, if there are any, and of the blur for one image, axis by axis.
   * Shapes are without the batch axis.
   */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const { poolSize, padding, dataFormat } = this.options;
    const image = imageSize<number[]>(inputShape, dataFormat);
    const blurred = image.map((size, axis) =>
      axis < this.spatialRank ? denseSize(size, poolSize, padding) : size,
    );
    const means = this.windows === 'mean' ? windowMeanMultiplyAdds(image, this.options) : 0;
    const op = `${plainClassName(this)}.multiplyAdds`;
    return means + blurMultiplyAdds(op, blurred, this.options);
  }

  /**
   * Reads `null` in a saved configuration as an option that does not apply.
   *
   * @nocollapse
   */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const given = Object.entries(config).filter(
      ([name, value]) => value !== null || !NULLABLE.includes(name),
    );
    return new cls(Object.fromEntries(given));
  }
}

/** The checks of a layer. A blur without windows is saved with a `poolSize` of 1. */
function layerChecks(
  rank: SpatialRank,
  windows: Windows,
): Checks<DenseBlurPoolOptions> & { strides: Check } {
  const checks = { ...denseChecks(rank), strides: checkIntegerStrides(rank) };
  return windows === 'none' ? { ...checks, poolSize: oneOf(1) } : checks;
}
