import { serialization, type Tensor4D } from '@tensorflow/tfjs-core';
import {
  avgBlurPool,
  type BlurPoolOptions,
  blurMultiplyAdds,
  blurPool,
  blurPoolMatrices,
  blurPoolOutputSize,
  type DenseBlurPoolOptions,
  integerStrides,
  maxBlurPool,
  requireBlur,
} from './blur-pool.js';
import { requireDataFormat } from './data-format.js';
import type { LayerArgs } from './layer-input.js';
import { imageSize } from './multiply-adds.js';
import type { PoolingMatrices } from './spectral-matrices.js';
import { StaticPoolLayer } from './static-pool-layer.js';

/** Configuration of {@link BlurPool}. */
export interface BlurPoolConfig extends LayerArgs, BlurPoolOptions {}

/** Configuration of {@link MaxBlurPool} and {@link AvgBlurPool}. */
export interface DenseBlurPoolConfig extends LayerArgs, DenseBlurPoolOptions {}

type Options = Required<DenseBlurPoolOptions> & { strides: [number, number] };

/** What the three layers share: checks, shapes and configuration around an op of their own. */
abstract class BlurPoolLayer extends StaticPoolLayer<Options> {
  constructor(name: string, config: DenseBlurPoolConfig, poolSize: number) {
    const { filterSize = 3, padding = 'reflect', dataFormat = 'channelsLast' } = config;
    requireBlur(name, config);
    requireDataFormat(name, dataFormat);
    if (!Number.isInteger(poolSize) || poolSize < 1) {
      throw new Error(`${name}: poolSize must be an integer >= 1, got ${poolSize}`);
    }
    const strides = integerStrides(name, config.strides ?? 2);
    super(config, { filterSize, strides, padding, poolSize, dataFormat });
  }

  protected axisSize(size: number, axis: 0 | 1): number {
    const { strides, poolSize } = this.options;
    return blurPoolOutputSize(size - poolSize + 1, strides[axis]);
  }

  /** Of the blur, along the height and then along the width, for one image; shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    return blurMultiplyAdds(this.denseSize(inputShape), this.options);
  }

  /** What the blur is given: [height, width, channels]. */
  protected denseSize(inputShape: number[]): [number, number, number] {
    const { poolSize, dataFormat } = this.options;
    const [height, width, channels] = imageSize(inputShape, dataFormat);
    return [height - poolSize + 1, width - poolSize + 1, channels];
  }
}

/**
 * Anti-aliased subsampling as a `tf.layers` layer around {@link blurPool} (Zhang 2019). No weights.
 * Shapes: `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * @throws Error on a bad configuration, as {@link blurPool} does.
 */
export class BlurPool extends BlurPoolLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'BlurPool';

  constructor(config: BlurPoolConfig = {}) {
    super('BlurPool', config, 1);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return blurPool(image, this.options);
  }

  /** The layer as matrices for images of one size; dispose of them. */
  matrices(input: [number, number]): PoolingMatrices {
    return blurPoolMatrices(input, this.options);
  }
}

/**
 * Max-pooling at stride 1, then blurred subsampling: {@link maxBlurPool} as a layer (Zhang 2019).
 *
 * @throws Error on a bad configuration, as {@link maxBlurPool} does.
 */
export class MaxBlurPool extends BlurPoolLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'MaxBlurPool';

  constructor(config: DenseBlurPoolConfig = {}) {
    super('MaxBlurPool', config, config.poolSize ?? 2);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return maxBlurPool(image, this.options);
  }
}

/**
 * Average pooling at stride 1, then blurred subsampling: {@link avgBlurPool} as a layer.
 *
 * @throws Error on a bad configuration, as {@link avgBlurPool} does.
 */
export class AvgBlurPool extends BlurPoolLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'AvgBlurPool';

  constructor(config: DenseBlurPoolConfig = {}) {
    super('AvgBlurPool', config, config.poolSize ?? 2);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return avgBlurPool(image, this.options);
  }

  /** The same and those of the means, a multiply-add a value in each window. */
  override multiplyAdds(outputShape: number[], inputShape: number[]): number {
    const [height, width, channels] = this.denseSize(inputShape);
    const means = this.options.poolSize ** 2 * height * width * channels;
    return means + super.multiplyAdds(outputShape, inputShape);
  }
}

for (const layer of [BlurPool, MaxBlurPool, AvgBlurPool]) serialization.registerClass(layer);
