import { serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { requireDataFormat, spatialAxes } from './data-format.js';
import { requireNorm } from './diff-stride.js';
import { type FlcPoolOptions, flcPool, flcPoolOutputSize } from './flc-pool.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';
import { requireStrides } from './stride-values.js';

/** Configuration of {@link FlcPool}. */
export interface FlcPoolConfig extends LayerArgs, FlcPoolOptions {}

/**
 * Frequency low cut as a `tf.layers` layer around {@link flcPool}. No weights. Shapes:
 * `[batch, height, width, channels]` → `[batch, floor(H/S_h), floor(W/S_w), channels]`.
 *
 * Paper: Grabinski et al., "FrequencyLowCut pooling", ECCV 2022.
 *
 * @throws Error on a bad configuration, as {@link flcPool} does.
 */
export class FlcPool extends tfl.layers.Layer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'FlcPool';
  private readonly options: Required<FlcPoolOptions> & { strides: [number, number] };

  constructor(config: FlcPoolConfig = {}) {
    super({ ...config });
    const { modulus = false, norm = 'forward', dataFormat = 'channelsLast' } = config;
    const strides = requireStrides('FlcPool', config.strides ?? 2);
    requireNorm('FlcPool', norm);
    requireDataFormat('FlcPool', dataFormat);
    this.options = { strides, modulus, norm, dataFormat };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => flcPool(layerInput('FlcPool', inputs), this.options));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage('FlcPool', inputShape).slice();
    const { strides, dataFormat } = this.options;
    const axes = spatialAxes(dataFormat);
    const size = flcPoolOutputSize([shape[axes[0]] ?? 1, shape[axes[1]] ?? 1], strides);
    axes.forEach((axis, i) => {
      if (shape[axis] != null) shape[axis] = size[i]!;
    });
    return shape;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
serialization.registerClass(FlcPool);
