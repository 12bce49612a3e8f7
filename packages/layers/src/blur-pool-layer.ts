import { serialization, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  avgBlurPool,
  type BlurPoolOptions,
  blurPool,
  blurPoolOutputSize,
  type DenseBlurPoolOptions,
  integerStrides,
  maxBlurPool,
  requireBlur,
} from './blur-pool.js';
import { requireDataFormat, spatialAxes } from './data-format.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';

/** Configuration of {@link BlurPool}. */
export interface BlurPoolConfig extends LayerArgs, BlurPoolOptions {}

/** Configuration of {@link MaxBlurPool} and {@link AvgBlurPool}. */
export interface DenseBlurPoolConfig extends LayerArgs, DenseBlurPoolOptions {}

/** What the three layers share: checks, shapes and configuration around an op of their own. */
abstract class BlurPoolLayer extends tfl.layers.Layer {
  protected readonly options: Required<DenseBlurPoolOptions> & { strides: [number, number] };
  private readonly shrinks: boolean;

  constructor(name: string, config: DenseBlurPoolConfig, shrinks: boolean) {
    super({ ...config });
    const { filterSize = 3, padding = 'reflect', dataFormat = 'channelsLast' } = config;
    const { poolSize = shrinks ? 2 : 1 } = config;
    requireBlur(name, config);
    requireDataFormat(name, dataFormat);
    if (!Number.isInteger(poolSize) || poolSize < 1) {
      throw new Error(`${name}: poolSize must be an integer >= 1, got ${poolSize}`);
    }
    const strides = integerStrides(name, config.strides ?? 2);
    this.options = { filterSize, strides, padding, poolSize, dataFormat };
    this.shrinks = shrinks;
  }

  protected abstract pool(image: Tensor4D): Tensor4D;

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => this.pool(layerInput(this.getClassName(), inputs)));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage(this.getClassName(), inputShape).slice();
    const { strides, poolSize, dataFormat } = this.options;
    spatialAxes(dataFormat).forEach((axis, i) => {
      const size = shape[axis];
      if (size != null) shape[axis] = blurPoolOutputSize(size - poolSize + 1, strides[i]!);
    });
    return shape;
  }

  override getConfig(): serialization.ConfigDict {
    const { poolSize, ...blur } = this.options;
    return { ...super.getConfig(), ...blur, ...(this.shrinks ? { poolSize } : {}) };
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
    super('BlurPool', config, false);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return blurPool(image, this.options);
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
    super('MaxBlurPool', config, true);
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
    super('AvgBlurPool', config, true);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return avgBlurPool(image, this.options);
  }
}

for (const layer of [BlurPool, MaxBlurPool, AvgBlurPool]) serialization.registerClass(layer);
