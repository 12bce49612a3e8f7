import { serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireDataFormat, spatialAxes } from './data-format.js';
import { requireNorm } from './diff-stride.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';
import type { Norm, PoolingMatrices } from './spectral-matrices.js';
import { spectralPool, spectralPoolMatrices, spectralPoolOutputSize } from './spectral-pool.js';
import { requireStrides } from './stride-values.js';

/** Configuration of {@link SpectralPool}. */
export interface SpectralPoolConfig extends LayerArgs {
  /** Fixed strides [S_h, S_w] ≥ 1, or one number for both. Default [2, 2]. */
  strides?: number | [number, number];
  /** Default `'ortho'`. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Spectral pooling at fixed strides, as a `tf.layers` layer around {@link spectralPool}.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, h, w, channels]`, static where the input's
 * are: `h = floor(H/S_h)` made even, `w = floor(W/S_w)`, both at least 2. No weights.
 *
 * Paper: Rippel, Snoek & Adams, "Spectral representations for convolutional neural networks", 2015.
 *
 * @throws Error on a bad configuration, as {@link spectralPool} does.
 */
export class SpectralPool extends tfl.layers.Layer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'SpectralPool';
  /** The fixed strides [S_h, S_w]. */
  readonly strides: [number, number];
  private readonly norm: Norm;
  private readonly dataFormat: DataFormat;

  constructor(config: SpectralPoolConfig = {}) {
    super({ ...config });
    this.strides = requireStrides('SpectralPool', config.strides ?? [2, 2]);
    this.norm = config.norm ?? 'ortho';
    this.dataFormat = config.dataFormat ?? 'channelsLast';
    requireNorm('SpectralPool', this.norm);
    requireDataFormat('SpectralPool', this.dataFormat);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() =>
      spectralPool(layerInput('SpectralPool', inputs), this.strides, {
        norm: this.norm,
        dataFormat: this.dataFormat,
      }),
    );
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = symbolicImage('SpectralPool', inputShape).slice();
    const [rowAxis, columnAxis] = spatialAxes(this.dataFormat);
    const [height, width] = spectralPoolOutputSize(
      [shape[rowAxis] ?? 1, shape[columnAxis] ?? 1],
      this.strides,
    );
    if (shape[rowAxis] != null) shape[rowAxis] = height;
    if (shape[columnAxis] != null) shape[columnAxis] = width;
    return shape;
  }

  /** The layer as matrices for images of one size; dispose of them. */
  matrices(input: [number, number]): PoolingMatrices {
    return spectralPoolMatrices(input, this.strides, this.norm);
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      strides: this.strides,
      norm: this.norm,
      dataFormat: this.dataFormat,
    };
  }
}
serialization.registerClass(SpectralPool);
