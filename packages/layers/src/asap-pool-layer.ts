import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import { type serialization, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { ASAP_CHECKS, type AsapPoolOptions, asapPool, asapPoolMatrices } from './asap-pool.js';
import { lowCutBand } from './kept-band.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize, matricesMultiplyAdds } from './multiply-adds.js';
import { type Reduction, reductionOf } from './output-size.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { checkStrides, requireSides, requireStrides } from './stride-values.js';

/** Configuration of {@link AsapPool}. */
export interface AsapPoolConfig extends LayerArgs, AsapPoolOptions {
  /** Strides ≥ 1, one number for both axes. Default 2, the paper's. Exclude `outputSize`. */
  strides?: number | readonly [number, number];
}

type Options = Required<Omit<AsapPoolOptions, 'outputSize'>> & Reduction<2>;

/**
 * Aliasing and spectral artifact free pooling as a `tf.layers` layer around {@link asapPool}. It
 * has no weights. Shapes: `[batch, height, width, channels]` →
 * `[batch, floor(H/S_h), floor(W/S_w), channels]`.
 *
 * Paper: Grabinski, Keuper & Keuper, "Fix your downsampling ASAP!", 2023.
 *
 * @throws ConfigError on a bad configuration, as {@link asapPool} does.
 */
export class AsapPool extends StaticPoolLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>AsapPool';

  constructor(config: AsapPoolConfig = {}) {
    requireConfig<Omit<AsapPoolConfig, keyof LayerArgs>>('AsapPool', config, {
      ...ASAP_CHECKS,
      strides: checkStrides,
    });
    const { windowCenter = 'zero', norm = 'forward', dataFormat = 'channelsLast' } = config;
    const { strides, outputSize } = config;
    const reduction = reductionOf('AsapPool', 2, strides, outputSize, requireStrides<2>);
    super(config, { ...reduction, windowCenter, norm, dataFormat });
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { strides, ...options } = this.options;
    return asapPool(image, strides, options);
  }

  protected axisSize(size: number, axis: 0 | 1): number {
    return lowCutBand(size, this.options.strides![axis]).outputSize;
  }

  /** Returns the layer as matrices for images of one size. The caller disposes of them. */
  matrices(input: [number, number]): PoolingMatrices {
    return this.matricesFor('AsapPool.matrices', input);
  }

  private matricesFor(op: string, input: [number, number]): PoolingMatrices {
    const sides = requireSides(op, 'input', input);
    const { windowCenter, norm } = this.options;
    return asapPoolMatrices(op, sides, this.options, windowCenter, norm);
  }

  /** Multiply-adds of the two matrix products for one image. Shapes are without the batch axis. */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const image = imageSize(inputShape, this.options.dataFormat);
    const op = 'AsapPool.multiplyAdds';
    return tidy(() => matricesMultiplyAdds(this.matricesFor(op, [image[0], image[1]]), image));
  }

  /**
   * Reads `alignment` of older saved models as `windowCenter`.
   *
   * @nocollapse
   */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    { alignment, ...config }: serialization.ConfigDict,
  ): T {
    if (alignment === undefined) return new cls(config);
    return new cls({ ...config, windowCenter: alignment === 'symmetric' ? 'zero' : alignment });
  }
}
registerLayer(AsapPool, 'AsapPool');
