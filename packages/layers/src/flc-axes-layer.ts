import type { Check } from '@ds/checks';
import { type PoolingLayer, plainClassName } from '@ds/graph';
import type { ComplexMatrix } from '@ds/kernels';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { type FlcPoolOptions, flcChecks, flcMultiplyAdds, lowCutAxes } from './flc-axes.js';
import { lowCutBand } from './kept-band.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize } from './multiply-adds.js';
import { type Reduction, reductionOf } from './output-size.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import type { Norm } from './spectral-matrices.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { requireSides, requireStrides } from './stride-values.js';

/** Configuration of frequency low cut with R axes. As in tfjs, one axis has no data format. */
export type FlcAxesConfig<R extends SpatialRank> = LayerArgs &
  (R extends 1 ? Omit<FlcPoolOptions, 'dataFormat'> : FlcPoolOptions) & {
    /** Strides ≥ 1, one number for all axes. Default 2, the paper's. Exclude `outputSize`. */
    strides?: number | Readonly<PerAxis<R>>;
  };

type Options<R extends SpatialRank> = Reduction<R> & {
  modulus: boolean;
  norm: Norm;
  dataFormat?: DataFormat;
};

/** The part that the layers of frequency low cut share. */
export abstract class FlcAxesLayer<R extends SpatialRank>
  extends StaticPoolLayer<Options<R>, Tensor>
  implements PoolingLayer
{
  /**
   * Returns the layer as a complex matrix for each axis, at these sides. The caller disposes of
   * them. It is absent with `modulus`, which is not linear.
   */
  readonly axisMatrices?: (input: number[]) => ComplexMatrix[];

  constructor(
    name: string,
    rank: R,
    config: FlcPoolOptions & LayerArgs & { strides?: number | readonly number[] },
  ) {
    const strides: Check = (op, _name, value) => {
      requireStrides(op, value as number[], rank);
    };
    const checks: Record<string, Check> = { ...flcChecks(rank), strides };
    requireConfig<Record<string, unknown>>(name, config as Record<string, unknown>, checks);
    const { modulus = false, norm = 'forward', dataFormat = 'channelsLast' } = config;
    const { strides: given, outputSize } = config;
    const reduction = reductionOf(name, rank, given, outputSize, requireStrides<R>);
    const format = rank === 1 ? {} : { dataFormat };
    super(config, { ...reduction, modulus, norm, ...format }, rank);
    if (modulus) return;
    this.axisMatrices = (input) => this.matricesFor('axisMatrices', input);
  }

  /** `axisMatrices` for a method, which errors name. */
  protected matricesFor(method: string, input: number[]): ComplexMatrix[] {
    const op = `${plainClassName(this)}.${method}`;
    const sides = requireSides(op, 'input', input, this.spatialRank);
    return tidy(() => lowCutAxes(op, sides, this.options));
  }

  protected axisSize(size: number, axis: number): number {
    return lowCutBand(size, this.options.strides![axis]!).outputSize;
  }

  /** The options of the op. */
  protected get flcOptions(): FlcPoolOptions {
    const { strides: _strides, ...options } = this.options;
    return options;
  }

  /** Multiply-adds of the matrix products for one image. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const image = imageSize<number[]>(inputShape, this.options.dataFormat);
    return flcMultiplyAdds(`${plainClassName(this)}.multiplyAdds`, image, this.options);
  }
}
