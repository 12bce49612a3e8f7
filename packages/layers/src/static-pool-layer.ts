import { plainClassName, plainName } from '@ds/graph';
import { type serialization, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';

/**
 * The shell of a pooling layer whose output size follows from its configuration alone: an op, the size
 * it leaves along each axis, and options that are its whole configuration.
 */
export abstract class StaticPoolLayer<Options extends { dataFormat: DataFormat }> extends tfl.layers
  .Layer {
  constructor(
    config: LayerArgs,
    protected readonly options: Options,
  ) {
    super({ ...config });
    this.name = config.name ?? plainName(this);
  }

  /** The op at work. */
  protected abstract pool(image: Tensor4D): Tensor4D;

  /** Output size along axis 0 (height) or 1 (width). */
  protected abstract axisSize(size: number, axis: 0 | 1): number;

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    const image = layerInput(plainClassName(this), inputs);
    requireImage(plainClassName(this), image);
    return tidy(() => this.pool(image));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return this.pooledShape(symbolicImage(plainClassName(this), inputShape));
  }

  /** The shape an image of a (possibly unknown) shape is pooled to. */
  protected pooledShape(input: Shape): Shape {
    const shape = input.slice();
    spatialAxes(this.options.dataFormat).forEach((axis, i) => {
      const size = shape[axis];
      if (size != null) shape[axis] = this.axisSize(size, i as 0 | 1);
    });
    return shape;
  }

  override getConfig(): serialization.ConfigDict {
    // A copy, so that callers cannot change the layer's own options.
    const options = structuredClone(this.options) as unknown as serialization.ConfigDict;
    return { ...super.getConfig(), ...options };
  }
}
