import { type Checks, oneOf } from '@ds/checks';
import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { serialization, Tensor4D } from '@tensorflow/tfjs-core';
import {
  type BlurPadding,
  type BlurPoolOptions,
  blurChecks,
  blurPoolOutputSize,
  type DenseBlurPoolOptions,
  denseChecks,
  denseSize,
} from './blur-axes.js';
import { type BlurFilterSetting, filterOptions, filterSetting } from './blur-filter.js';
import {
  avgBlurPool,
  blurMultiplyAdds,
  blurPool,
  blurPoolMatrices,
  checkIntegerStrides,
  integerStrides,
  maxBlurPool,
  windowMeanMultiplyAdds,
} from './blur-pool.js';
import type { DataFormat } from './data-format.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize } from './multiply-adds.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { requireSides } from './stride-values.js';

/** Configuration of {@link BlurPool}. */
export interface BlurPoolConfig extends LayerArgs, BlurPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. */
  strides?: number | [number, number];
}

/** Configuration of {@link MaxBlurPool} and {@link AvgBlurPool}. */
export interface DenseBlurPoolConfig extends LayerArgs, DenseBlurPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. */
  strides?: number | [number, number];
}

interface Options extends BlurFilterSetting {
  strides: [number, number];
  padding: BlurPadding;
  poolSize: number;
  dataFormat: DataFormat;
}

/** The checks of a `BlurPool`. Its saved configuration has a `poolSize` of 1. */
const LAYER_OPTIONS = { ...blurChecks(2), strides: checkIntegerStrides, poolSize: oneOf(1) };

const DENSE_OPTIONS = { ...denseChecks(2), strides: checkIntegerStrides };

/** The part that the three layers share: checks, shapes and configuration. */
abstract class BlurPoolLayer extends StaticPoolLayer<Options> implements PoolingLayer {
  constructor(
    name: string,
    config: DenseBlurPoolConfig,
    checks: Checks<Pick<BlurPoolConfig, 'strides' | keyof BlurPoolOptions>>,
    defaultPoolSize: number,
  ) {
    requireConfig(name, config, checks);
    const { poolSize = defaultPoolSize } = config;
    const { padding = 'reflect', dataFormat = 'channelsLast' } = config;
    const filter = structuredClone(filterSetting(name, config));
    const strides = integerStrides(name, config.strides ?? 2);
    super(config, { ...filter, strides, padding, poolSize, dataFormat });
  }

  /** The options of the op. */
  protected get blurOptions(): BlurPoolOptions {
    const { padding, dataFormat } = this.options;
    return { ...filterOptions(this.options), padding, dataFormat };
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
      ([name, value]) => value !== null || !['filterSize', 'attenuation'].includes(name),
    );
    return new cls(Object.fromEntries(given));
  }

  protected axisSize(size: number, axis: 0 | 1): number {
    const { strides, poolSize, padding } = this.options;
    return blurPoolOutputSize(denseSize(size, poolSize, padding), strides[axis]);
  }

  /**
   * Multiply-adds of the blur for one image: along the height, then along the width. Shapes are
   * without the batch axis.
   */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    return blurMultiplyAdds(this.blurredSize(inputShape), this.options);
  }

  /** The size of the blurred image: [height, width, channels]. */
  private blurredSize(inputShape: number[]): [number, number, number] {
    const { poolSize, padding, dataFormat } = this.options;
    const [height, width, channels] = imageSize(inputShape, dataFormat);
    return [denseSize(height, poolSize, padding), denseSize(width, poolSize, padding), channels];
  }
}

/**
 * Anti-aliased subsampling as a `tf.layers` layer around {@link blurPool} (Zhang 2019). It has no
 * weights. Shapes: `[batch, height, width, channels]` →
 * `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * @throws ConfigError on a bad configuration, as {@link blurPool} does.
 */
export class BlurPool extends BlurPoolLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>BlurPool';

  constructor(config: BlurPoolConfig = {}) {
    super('BlurPool', config, LAYER_OPTIONS, 1);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return blurPool(image, this.options.strides, this.blurOptions);
  }

  /** Returns the layer as matrices for images of one size. The caller disposes of them. */
  matrices(input: [number, number]): PoolingMatrices {
    requireSides('BlurPool.matrices', 'input', input);
    return blurPoolMatrices(input, this.options);
  }
}

/**
 * Max-pooling at stride 1, then blurred subsampling: {@link maxBlurPool} as a layer (Zhang 2019).
 *
 * @throws ConfigError on a bad configuration, as {@link maxBlurPool} does.
 */
export class MaxBlurPool extends BlurPoolLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>MaxBlurPool';

  constructor(config: DenseBlurPoolConfig = {}) {
    super('MaxBlurPool', config, DENSE_OPTIONS, 2);
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { strides, poolSize } = this.options;
    return maxBlurPool(image, strides, { ...this.blurOptions, poolSize });
  }
}

/**
 * Average pooling at stride 1, then blurred subsampling: {@link avgBlurPool} as a layer.
 *
 * @throws ConfigError on a bad configuration, as {@link avgBlurPool} does.
 */
export class AvgBlurPool extends BlurPoolLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>AvgBlurPool';

  constructor(config: DenseBlurPoolConfig = {}) {
    super('AvgBlurPool', config, DENSE_OPTIONS, 2);
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { strides, poolSize } = this.options;
    return avgBlurPool(image, strides, { ...this.blurOptions, poolSize });
  }

  /** Multiply-adds of the means and of the blur, each along the height, then along the width. */
  override multiplyAdds(outputShape: number[], inputShape: number[]): number {
    const means = windowMeanMultiplyAdds(
      imageSize(inputShape, this.options.dataFormat),
      this.options,
    );
    return means + super.multiplyAdds(outputShape, inputShape);
  }
}

registerLayer(BlurPool, 'BlurPool');
registerLayer(MaxBlurPool, 'MaxBlurPool');
registerLayer(AvgBlurPool, 'AvgBlurPool');
