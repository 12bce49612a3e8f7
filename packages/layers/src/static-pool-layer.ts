import { plainClassName, plainName } from '@ds/graph';
import { type serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';
import type { SpatialRank } from './spatial-rank.js';

/**
 * The base of pooling layers whose output size follows from the configuration alone. A subclass
 * adds the op and the output size along each axis. The options are the whole configuration. `spatialRank`
 * is the number of spatial axes.
 */
export abstract class StaticPoolLayer<Options extends { dataFormat: DataFormat }> extends tfl.layers
  .Layer {
  constructor(
    config: LayerArgs,
    protected readonly options: Options,
    protected readonly spatialRank: SpatialRank = 2,
  ) {
    super({ ...config });
    this.name = config.name ?? plainName(this);
  }

  /** Applies the op. */
  protected abstract pool(image: Tensor): Tensor;

  /** Output size along a spatial axis, such as 0 (height) or 1 (width). */
  protected abstract axisSize(size: number, axis: number): number;

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    const image = layerInput<Tensor>(plainClassName(this), inputs);
    requireImage(plainClassName(this), image, this.spatialRank);
    return tidy(() => this.pool(image));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return this.pooledShape(symbolicImage(plainClassName(this), inputShape, this.spatialRank));
  }

  /** The output shape for an input shape, which may hold unknown sizes. */
  protected pooledShape(input: Shape): Shape {
    const shape = input.slice();
    for (const [i, axis] of spatialAxes(this.options.dataFormat, this.spatialRank).entries()) {
      const size = shape[axis];
      if (size != null) shape[axis] = this.axisSize(size, i);
    }
    return shape;
  }

  override getConfig(): serialization.ConfigDict {
    // Callers get a copy, so they cannot change the layer's options.
    const options = structuredClone(this.options) as unknown as serialization.ConfigDict;
    // As in tfjs, layers of one axis have no data format.
    if (this.spatialRank === 1) delete options.dataFormat;
    return { ...super.getConfig(), ...options };
  }
}
