import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { spectralColumns, spectralRows } from './kept-band.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize, matricesMultiplyAdds } from './multiply-adds.js';
import type { Norm } from './spectral-matrices.js';
import { SPECTRAL_CHECKS, spectralPool, spectralPoolMatrices } from './spectral-pool.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { checkStrides, requireSides, requireStrides } from './stride-values.js';

/** Configuration of {@link SpectralPool}. */
export interface SpectralPoolConfig extends LayerArgs {
  /** Fixed strides [S_h, S_w] ≥ 1, or one number for both. Default [2, 2]. */
  strides?: number | [number, number];
  /** Default `'ortho'`. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

type Options = { strides: [number, number]; norm: Norm; dataFormat: DataFormat };

/**
 * Spectral pooling at fixed strides, as a `tf.layers` layer around {@link spectralPool}. It has no
 * weights.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, h, w, channels]`. `h = floor(H/S_h)` is
 * made even, `w = floor(W/S_w)`, and both are at least 2. They are static if the input's sizes are.
 *
 * Paper: Rippel, Snoek & Adams, "Spectral representations for convolutional neural networks", 2015.
 *
 * @throws ConfigError on a bad configuration, as {@link spectralPool} does.
 */
export class SpectralPool extends StaticPoolLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>SpectralPool';

  constructor(config: SpectralPoolConfig = {}) {
    const { path: _path, ...checks } = SPECTRAL_CHECKS;
    requireConfig<Omit<SpectralPoolConfig, keyof LayerArgs>>('SpectralPool', config, {
      ...checks,
      strides: checkStrides,
    });
    const { norm = 'ortho', dataFormat = 'channelsLast' } = config;
    const strides = requireStrides('SpectralPool', config.strides ?? [2, 2]);
    super(config, { strides, norm, dataFormat });
  }

  /** A copy of the fixed strides [S_h, S_w]. */
  get strides(): [number, number] {
    return [...this.options.strides];
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { strides, ...options } = this.options;
    return spectralPool(image, strides, options);
  }

  protected axisSize(size: number, axis: 0 | 1): number {
    const band = axis === 0 ? spectralRows : spectralColumns;
    return band(size, this.options.strides[axis]).outputSize;
  }

  /** Returns the layer as matrices for images of one size. The caller disposes of them. */
  matrices(input: [number, number]): PoolingMatrices {
    requireSides('SpectralPool.matrices', 'input', input);
    return spectralPoolMatrices(input, this.strides, this.options.norm);
  }

  /** Multiply-adds of the two matrix products for one image. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const image = imageSize(inputShape, this.options.dataFormat);
    return tidy(() => matricesMultiplyAdds(this.matrices([image[0], image[1]]), image));
  }
}
registerLayer(SpectralPool, 'SpectralPool');
