import { serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type ApsPoolOptions, apsPool, requireOrder } from './aps-pool.js';
import { blurPoolOutputSize, integerStrides } from './blur-pool.js';
import { requireDataFormat, spatialAxes } from './data-format.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';

/** Configuration of {@link ApsPool}. */
export interface ApsPoolConfig extends LayerArgs, ApsPoolOptions {}

/**
 * Adaptive polyphase sampling as a `tf.layers` layer around {@link apsPool}. No weights. Shapes:
 * `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * An instance that pools two branches chooses a grid for each by itself, where the paper's network
 * hands the choice of one branch to the other.
 *
 * Paper: Chaman & Dokmanić, "Truly shift-invariant convolutional neural networks", CVPR 2021.
 *
 * @throws Error on a bad configuration, as {@link apsPool} does.
 */
export class ApsPool extends tfl.layers.Layer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ApsPool';
  private readonly options: Required<ApsPoolOptions> & { strides: [number, number] };

  constructor(config: ApsPoolConfig = {}) {
    super({ ...config });
    const { order = 2, dataFormat = 'channelsLast' } = config;
    requireOrder('ApsPool', order);
    requireDataFormat('ApsPool', dataFormat);
    this.options = { strides: integerStrides('ApsPool', config.strides ?? 2), order, dataFormat };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => apsPool(layerInput('ApsPool', inputs), this.options));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage('ApsPool', inputShape).slice();
    const { strides, dataFormat } = this.options;
    spatialAxes(dataFormat).forEach((axis, i) => {
      const size = shape[axis];
      if (size != null) shape[axis] = blurPoolOutputSize(size, strides[i]!);
    });
    return shape;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
serialization.registerClass(ApsPool);
