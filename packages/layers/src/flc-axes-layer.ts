import type { Check } from '@ds/checks';
import type { PoolingLayer } from '@ds/graph';
import { flcChecks, flcMultiplyAdds } from './flc-axes.js';
import type { FlcPoolOptions } from './flc-pool.js';
import { lowCutBand } from './kept-band.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize } from './multiply-adds.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { requireStrides } from './stride-values.js';

/** Configuration of frequency low cut with R axes. As in tfjs, one axis has no data format. */
export type FlcAxesConfig<R extends SpatialRank> = LayerArgs &
  (R extends 1 ? Omit<FlcPoolOptions, 'dataFormat'> : FlcPoolOptions) & {
    /** Strides ≥ 1, one number for all axes. Default 2, the paper's. */
    strides?: number | PerAxis<R>;
  };

type Options<R extends SpatialRank> = Required<FlcPoolOptions> & { strides: PerAxis<R> };

/** The part that the layers of frequency low cut with one and three axes share. */
export abstract class FlcAxesLayer<R extends SpatialRank>
  extends StaticPoolLayer<Options<R>>
  implements PoolingLayer
{
  constructor(
    name: string,
    rank: R,
    config: FlcPoolOptions & LayerArgs & { strides?: number | number[] },
  ) {
    const strides: Check = (op, _name, value) => {
      requireStrides(op, value as number[], rank);
    };
    const checks: Record<string, Check> = { ...flcChecks(rank), strides };
    requireConfig<Record<string, unknown>>(name, config as Record<string, unknown>, checks);
    const { modulus = false, norm = 'forward', dataFormat = 'channelsLast' } = config;
    const each = requireStrides(name, config.strides ?? 2, rank);
    super(config, { strides: each, modulus, norm, dataFormat }, rank);
  }

  protected axisSize(size: number, axis: number): number {
    return lowCutBand(size, this.options.strides[axis]!).outputSize;
  }

  /** The options of the op. */
  protected get flcOptions(): FlcPoolOptions {
    const { modulus, norm, dataFormat } = this.options;
    return { modulus, norm, ...(this.spatialRank === 1 ? {} : { dataFormat }) };
  }

  /** Multiply-adds of the matrix products for one image. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const { strides, dataFormat } = this.options;
    return flcMultiplyAdds(imageSize<number[]>(inputShape, dataFormat), strides, this.options);
  }
}
