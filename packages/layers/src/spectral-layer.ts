import type { PoolingLayer } from '@ds/graph';
import type { ComplexMatrix } from '@ds/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { requireSpectralSize, spectralBands } from './kept-band.js';
import type { LayerArgs } from './layer-input.js';
import { axisMatricesMultiplyAdds } from './multiply-adds.js';
import { type Reduction, reductionOf } from './output-size.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import type { Norm } from './spectral-matrices.js';
import { spectralPoolMatrices } from './spectral-pool.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { requireSides, requireStrides } from './stride-values.js';

/** The options of a layer of spectral pooling. Sound has no data format. */
export type SpectralOptions<R extends SpatialRank> = Reduction<R> & {
  norm: Norm;
  dataFormat?: DataFormat;
};

/** The configuration of a layer of spectral pooling. */
interface Config extends LayerArgs {
  strides?: number | readonly number[];
  outputSize?: number | readonly number[];
  norm?: Norm;
  dataFormat?: DataFormat;
}

/** The base of the layers of spectral pooling, for R spatial axes. A subclass adds the op. */
export abstract class SpectralLayer<R extends SpatialRank, Image extends Tensor>
  extends StaticPoolLayer<SpectralOptions<R>, Image>
  implements PoolingLayer
{
  constructor(
    private readonly op: string,
    protected override readonly spatialRank: R,
    config: Config,
  ) {
    const { norm = 'ortho', dataFormat = 'channelsLast' } = config;
    const { strides, outputSize } = config;
    const reduction = reductionOf(op, spatialRank, strides, outputSize, requireStrides<R>);
    if (reduction.outputSize) requireSpectralSize(op, reduction.outputSize);
    super(config, { ...reduction, norm, ...(spatialRank > 1 && { dataFormat }) }, spatialRank);
  }

  /** A copy of the fixed strides, one for each axis. `undefined` with `outputSize`. */
  get strides(): PerAxis<R> | undefined {
    const { strides } = this.options;
    return strides && ([...strides] as PerAxis<R>);
  }

  protected axisSize(size: number, axis: number): number {
    const sides = Array.from({ length: this.spatialRank }, () => size);
    return spectralBands(this.op, sides, this.options)[axis]!.outputSize;
  }

  /** The strides and the options of the op. */
  protected get opArguments() {
    const { strides, ...options } = this.options;
    return { strides, options };
  }

  /**
   * Returns the layer as a complex matrix for each axis, for images of one size. The caller
   * disposes of them.
   */
  axisMatrices(input: readonly number[]): ComplexMatrix[] {
    return this.matricesFor('axisMatrices', input);
  }

  /** {@link axisMatrices} for a method, which errors name. */
  protected matricesFor(method: string, input: readonly number[]): ComplexMatrix[] {
    const op = `${this.op}.${method}`;
    const sides = requireSides(op, 'input', input, this.spatialRank);
    return spectralPoolMatrices(op, sides, this.options, this.options.norm);
  }

  /** Multiply-adds of the matrix products for one image. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const matricesOf = (sides: number[]) => this.matricesFor('multiplyAdds', sides);
    return axisMatricesMultiplyAdds(matricesOf, inputShape, this.options.dataFormat);
  }
}
