import { plainClassName, plainName } from '@ds/graph';
import { type serialization, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import { type LayerArgs, layerInput, type Shape, symbolicImage } from './layer-input.js';
import { requireFittingOutput } from './output-size.js';
import type { SpatialRank } from './spatial-rank.js';

/**
 * The base of pooling layers whose output size follows from the configuration alone. A subclass
 * adds the op and the output size along each axis. The options are the whole configuration.
 */
export abstract class StaticPoolLayer<
  Options extends { dataFormat?: DataFormat; outputSize?: readonly number[] | null | undefined },
  Image extends Tensor = Tensor4D,
> extends tfl.layers.Layer {
  constructor(
    config: LayerArgs,
    protected readonly options: Options,
    protected readonly spatialRank: SpatialRank = 2,
  ) {
    super({ ...config });
    this.name = config.name ?? plainName(this);
  }

  /** Applies the op. */
  protected abstract pool(image: Image): Image;

  /** Output size along a spatial axis: 0 (height) or 1 (width) of images. */
  protected abstract axisSize(size: number, axis: number): number;

  /** The largest `outputSize` for a size along an axis. No such pooling enlarges. */
  protected largestOutput(size: number): number {
    return size;
  }

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    const image = layerInput<Image>(plainClassName(this), inputs);
    requireImage(plainClassName(this), image, this.spatialRank);
    return tidy(() => this.pool(image));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return this.pooledShape(symbolicImage(plainClassName(this), inputShape, this.spatialRank));
  }

  /** The output shape for an input shape, which may hold unknown sizes. */
  protected pooledShape(input: Shape): Shape {
    const shape = input.slice();
    const { dataFormat = 'channelsLast', outputSize } = this.options;
    const axes: number[] = spatialAxes(dataFormat, this.spatialRank);
    if (outputSize) {
      const sides = axes.map((axis) => shape[axis] ?? null);
      const largest = sides.map((side) => side && this.largestOutput(side));
      requireFittingOutput(plainClassName(this), outputSize, largest);
    }
    axes.forEach((axis, i) => {
      const size = shape[axis];
      // An output size is known even if that of the input is not.
      const given = outputSize?.[i];
      if (given !== undefined) shape[axis] = given;
      else if (size != null) shape[axis] = this.axisSize(size, i);
    });
    return shape;
  }

  override getConfig(): serialization.ConfigDict {
    // Callers get a copy, so they cannot change the layer's options.
    const options = structuredClone(this.options) as unknown as serialization.ConfigDict;
    return { ...super.getConfig(), ...options };
  }
}
