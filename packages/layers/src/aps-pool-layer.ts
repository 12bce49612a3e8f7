import { requireBoolean } from '@ds/checks';
import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { APS_CHECKS, type ApsPoolOptions, apsChoice } from './aps-pool.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize } from './multiply-adds.js';
import { checkPolyphaseStrides, polyphaseStrides } from './polyphase.js';
import { PolyphaseLayer } from './polyphase-layer.js';

/** Configuration of {@link ApsPool}. */
export interface ApsPoolConfig extends LayerArgs, ApsPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. */
  strides?: number | [number, number];
  /** Whether the layer also returns its choice, for `PolyphaseUpsample`. Default false. */
  returnsChoice?: boolean;
}

type Options = Required<ApsPoolOptions> & { strides: [number, number]; returnsChoice?: boolean };

/**
 * Adaptive polyphase sampling as a `tf.layers` layer around `apsPool`. It has no weights. Shapes:
 * `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * A list of images of one size is pooled on one grid, which the first image chooses. The paper's
 * network does this for the shortcut of a residual block.
 *
 * With `returnsChoice` a last output has the choice as weights of the grids, `[batch, S_h·S_w]`.
 * `PolyphaseUpsample` takes it.
 *
 * Paper: Chaman & Dokmanić, "Truly shift-invariant convolutional neural networks", CVPR 2021.
 *
 * @throws ConfigError on a bad configuration, as `apsPool` does.
 */
export class ApsPool extends PolyphaseLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>ApsPool';

  constructor(config: ApsPoolConfig = {}) {
    requireConfig<Omit<ApsPoolConfig, keyof LayerArgs>>('ApsPool', config, {
      ...APS_CHECKS,
      strides: checkPolyphaseStrides,
      returnsChoice: requireBoolean,
    });
    const { order = 2, dataFormat = 'channelsLast', returnsChoice = false } = config;
    const strides = polyphaseStrides('ApsPool', config.strides ?? 2);
    super(config, { strides, order, dataFormat, ...(returnsChoice && { returnsChoice }) });
  }

  protected mixture(components: Tensor4D[]): Tensor1D {
    return apsChoice(components, this.options.order);
  }

  /**
   * Multiply-adds for one image: one per value, for the norms. Further inputs add nothing, because
   * only the first input's norms are computed. Shapes are without the batch axis.
   */
  multiplyAdds(outputShape: number[]): number {
    const { strides, dataFormat } = this.options;
    const [height, width, channels] = imageSize(outputShape, dataFormat);
    return strides[0] * strides[1] * height * width * channels;
  }
}
registerLayer(ApsPool, 'ApsPool');
