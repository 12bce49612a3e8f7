import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type FlcPoolOptions, flcChecks } from './flc-axes.js';
import { flcPool, flcPoolMatrices } from './flc-pool.js';
import { lowCutBand } from './kept-band.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize, matricesMultiplyAdds, resampleMultiplyAdds } from './multiply-adds.js';
import { type Reduction, reductionOf } from './output-size.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { checkStrides, requireSides, requireStrides } from './stride-values.js';

/** Configuration of {@link FlcPool}. */
export interface FlcPoolConfig extends LayerArgs, FlcPoolOptions {
  /** Strides ≥ 1, one number for both axes. Default 2, the paper's. Exclude `outputSize`. */
  strides?: number | [number, number];
}

type Options = Required<Omit<FlcPoolOptions, 'outputSize'>> & Reduction<2>;

/**
 * Frequency low cut as a `tf.layers` layer around {@link flcPool}. It has no weights. Shapes:
 * `[batch, height, width, channels]` → `[batch, floor(H/S_h), floor(W/S_w), channels]`, or
 * `outputSize`.
 *
 * Paper: Grabinski et al., "FrequencyLowCut pooling", ECCV 2022.
 *
 * @throws ConfigError on a bad configuration, as {@link flcPool} does.
 */
export class FlcPool extends StaticPoolLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FlcPool';

  constructor(config: FlcPoolConfig = {}) {
    requireConfig<Omit<FlcPoolConfig, keyof LayerArgs>>('FlcPool', config, {
      ...flcChecks(2),
      strides: checkStrides,
    });
    const { modulus = false, norm = 'forward', dataFormat = 'channelsLast' } = config;
    const { strides, outputSize } = config;
    const reduction = reductionOf('FlcPool', 2, strides, outputSize, requireStrides<2>);
    super(config, { ...reduction, modulus, norm, dataFormat });
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { strides, ...options } = this.options;
    return flcPool(image, strides, options);
  }

  protected axisSize(size: number, axis: 0 | 1): number {
    return lowCutBand(size, this.options.strides![axis]).outputSize;
  }

  /**
   * Returns the layer as matrices for images of one size. The caller disposes of them. `undefined`
   * with `modulus`, which is not linear.
   */
  get matrices(): ((input: [number, number]) => PoolingMatrices) | undefined {
    const { modulus, norm } = this.options;
    if (modulus) return undefined;
    return (input) => {
      const op = 'FlcPool.matrices';
      return flcPoolMatrices(op, requireSides(op, 'input', input), this.options, norm);
    };
  }

  /**
   * Multiply-adds of the matrix products for one image. The modulus takes two more pairs of
   * products. Shapes are without the batch axis.
   */
  multiplyAdds(_outputShape: number[], inputShape: number[]): number {
    const { modulus, norm, dataFormat } = this.options;
    const image = imageSize(inputShape, dataFormat);
    return tidy(() => {
      const op = 'FlcPool.multiplyAdds';
      const matrices = flcPoolMatrices(op, [image[0], image[1]], this.options, norm);
      const imaginary = [matrices.rows.shape[0], matrices.columns.shape[0]] as [number, number];
      return (
        matricesMultiplyAdds(matrices, image) +
        (modulus ? 2 * resampleMultiplyAdds(image, imaginary) : 0)
      );
    });
  }
}
registerLayer(FlcPool, 'FlcPool');
