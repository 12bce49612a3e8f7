import type { PoolingLayer } from '@ds/graph';
import type { ComplexMatrix } from '@ds/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { spectralBands } from './kept-band.js';
import type { LayerArgs } from './layer-input.js';
import { axisMatricesMultiplyAdds } from './multiply-adds.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import type { Norm } from './spectral-matrices.js';
import { spectralPoolMatrices } from './spectral-pool.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { requireSides, requireStrides } from './stride-values.js';

/** The options of a layer of spectral pooling. Sound has no data format. */
export interface SpectralOptions<R extends SpatialRank> {
  strides: PerAxis<R>;
  norm: Norm;
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
    config: LayerArgs & { strides?: number | number[]; norm?: Norm; dataFormat?: DataFormat },
  ) {
    const { norm = 'ortho', dataFormat = 'channelsLast' } = config;
    const strides = requireStrides(op, config.strides ?? 2, spatialRank);
    const options = { strides, norm, ...(spatialRank > 1 && { dataFormat }) };
    super(config, options, spatialRank);
  }

  /** A copy of the fixed strides, one for each axis. */
  get strides(): PerAxis<R> {
    return [...this.options.strides] as PerAxis<R>;
  }

  protected axisSize(size: number, axis: number): number {
    const sides = this.strides.map(() => size);
    return spectralBands(sides, this.strides)[axis]!.outputSize;
  }

  /**
   * Returns the layer as a complex matrix for each axis, for images of one size. The caller
   * disposes of them.
   */
  axisMatrices(input: readonly number[]): ComplexMatrix[] {
    requireSides(`${this.op}.axisMatrices`, 'input', input, this.spatialRank);
    return spectralPoolMatrices(input, this.strides, this.options.norm);
  }

  /** Multiply-adds of the matrix products for one image. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    return axisMatricesMultiplyAdds(this, inputShape, this.options.dataFormat);
  }
}
