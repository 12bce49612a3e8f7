import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { DCT_CHECKS, dctPool, dctPoolMatrices, dctPoolSize } from './dct-pool.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize, resampleMultiplyAdds } from './multiply-adds.js';
import type { Norm } from './spectral-matrices.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { checkStrides, requireSides, requireStrides } from './stride-values.js';

/** Configuration of {@link DctPool}. */
export interface DctPoolConfig extends LayerArgs {
  /** Fixed strides [S_h, S_w] ≥ 1, or one number for both. Default [2, 2]. */
  strides?: number | readonly [number, number];
  /** Default `'ortho'`. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

type Options = { strides: [number, number]; norm: Norm; dataFormat: DataFormat };

/**
 * Spectral pooling in the cosine domain at fixed strides, as a `tf.layers` layer around
 * {@link dctPool}. It has no weights.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, h, w, channels]` with `h = floor(H/S_h)`
 * and `w = floor(W/S_w)`, at least 1. They are static if the input's sizes are.
 *
 * Paper: Smith & Wilamowski, "Discrete cosine transform spectral pooling layers for convolutional
 * neural networks", ICAISC 2018.
 *
 * @throws ConfigError on a bad configuration, as {@link dctPool} does.
 */
export class DctPool extends StaticPoolLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>DctPool';

  constructor(config: DctPoolConfig = {}) {
    requireConfig<Omit<DctPoolConfig, keyof LayerArgs>>('DctPool', config, {
      ...DCT_CHECKS,
      strides: checkStrides,
    });
    const { norm = 'ortho', dataFormat = 'channelsLast' } = config;
    const strides = requireStrides('DctPool', config.strides ?? [2, 2]);
    super(config, { strides, norm, dataFormat });
  }

  /** A copy of the fixed strides [S_h, S_w]. */
  get strides(): [number, number] {
    return [...this.options.strides];
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { strides, ...options } = this.options;
    return dctPool(image, strides, options);
  }

  protected axisSize(size: number, axis: 0 | 1): number {
    return dctPoolSize(size, this.options.strides[axis]);
  }

  /** Returns the layer as matrices for images of one size. The caller disposes of them. */
  matrices(input: [number, number]): PoolingMatrices {
    const sides = requireSides('DctPool.matrices', 'input', input);
    return dctPoolMatrices(sides, this.strides, this.options.norm);
  }

  /** Multiply-adds of the two matrix products for one image. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const image = imageSize(inputShape, this.options.dataFormat);
    const [height, width] = image;
    return resampleMultiplyAdds(image, [this.axisSize(height, 0), this.axisSize(width, 1)]);
  }
}
registerLayer(DctPool, 'DctPool');
