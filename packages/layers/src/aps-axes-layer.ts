import { type Check, requireBoolean } from '@ds/checks';
import type { PoolingLayer } from '@ds/graph';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { type ApsPoolOptions, apsChecks, apsChoice } from './aps-axes.js';
import type { DataFormat } from './data-format.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { checkPolyphaseStrides, polyphaseStrides } from './polyphase.js';
import { PolyphaseLayer } from './polyphase-layer.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';

/** Configuration of adaptive polyphase sampling with R axes. One axis has no data format. */
export type ApsAxesConfig<R extends SpatialRank> = LayerArgs &
  (R extends 1 ? Omit<ApsPoolOptions, 'dataFormat'> : ApsPoolOptions) & {
    /** Integer strides ≥ 1, one number for all axes. Default 2. */
    strides?: number | Readonly<PerAxis<R>>;
  };

interface Options<R extends SpatialRank> {
  strides: PerAxis<R>;
  order: number;
  dataFormat?: DataFormat;
  returnsChoice?: boolean;
}

/** The part that the layers of adaptive polyphase sampling share. */
export abstract class ApsAxesLayer<R extends SpatialRank>
  extends PolyphaseLayer<Options<R>>
  implements PoolingLayer
{
  constructor(
    name: string,
    rank: R,
    config: ApsPoolOptions &
      LayerArgs & { strides?: number | readonly number[]; returnsChoice?: boolean },
  ) {
    const checks: Record<string, Check> = {
      ...apsChecks(rank),
      strides: checkPolyphaseStrides(rank),
      // Only images have an upsampling that takes the choice.
      ...(rank === 2 && { returnsChoice: requireBoolean }),
    };
    requireConfig<Record<string, unknown>>(name, config as Record<string, unknown>, checks);
    const { order = 2, dataFormat = 'channelsLast' } = config;
    const format = rank === 1 ? {} : { dataFormat };
    const choice = config.returnsChoice ? { returnsChoice: true } : {};
    const strides = polyphaseStrides(name, config.strides ?? 2, rank);
    super(config, { strides, order, ...format, ...choice }, rank);
  }

  protected mixture(components: Tensor[]): Tensor1D {
    return apsChoice(components, this.options.order);
  }

  /**
   * Multiply-adds for one image: one per value, for the norms. Further inputs add nothing, because
   * only the first input's norms are computed. Shapes are without the batch axis.
   */
  multiplyAdds(outputShape: number[]): number {
    const sizes = [...this.options.strides, ...outputShape];
    return sizes.reduce((product, size) => product * size, 1);
  }
}
