import { ConfigError } from '@ds/checks';
import { plainClassName, plainName } from '@ds/graph';
import { type serialization, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import { type LayerArgs, type Shape, symbolicImage } from './layer-input.js';
import { requireReference, sizePair, type UpsampledSizeOptions } from './upsampled-size.js';

/** The options of every upsampling layer. */
type UpsampleOptions = UpsampledSizeOptions & { dataFormat: DataFormat };

/**
 * The base of layers that upsample an image. The input is the image, or a list `[image,
 * reference]`. The output then has the height and the width of the reference, and no other value of
 * it is used. In a network the reference is the image that the partner of this layer pooled.
 */
export abstract class UpsampleLayer<Options extends UpsampleOptions> extends tfl.layers.Layer {
  constructor(
    config: LayerArgs,
    protected readonly options: Options,
  ) {
    super({ ...config });
    this.name = config.name ?? plainName(this);
  }

  /** Applies the op. `size` is the size of the reference, or null without one. */
  protected abstract upsample(image: Tensor4D, size: [number, number] | null): Tensor4D;

  /**
   * The output [height, width] for an input [height, width]. It is the size of the reference, if
   * there is one. Throws if the input cannot have that size.
   */
  protected abstract sizeOf(
    input: [number, number],
    reference?: [number, number],
  ): [number, number];

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    const [image, reference, ...more] = [inputs].flat() as Tensor4D[];
    const op = plainClassName(this);
    if (more.length > 0) {
      const count = more.length + 2;
      throw new ConfigError(`${op}: inputs must be [image] or [image, reference], got ${count}`);
    }
    requireImage(op, image!);
    if (reference) requireReference(op, reference);
    return tidy(() => this.upsample(image!, reference ? this.sidesOf(reference.shape) : null));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const [first, reference] = (
      Array.isArray(inputShape[0]) ? inputShape : [inputShape]
    ) as Shape[];
    const op = plainClassName(this);
    const shape = symbolicImage(op, first!).slice();
    const axes = spatialAxes(this.options.dataFormat);
    if (reference) {
      symbolicImage(op, reference);
      const [input, output] = [shape, reference].map((one) => axes.map((axis) => one[axis]));
      if (isKnown(input!) && isKnown(output!)) this.sizeOf(input, output);
      for (const axis of axes) shape[axis] = reference[axis]!;
      return shape;
    }
    const { outputSize } = this.options;
    if (outputSize !== undefined) {
      const input = axes.map((axis) => shape[axis]);
      if (isKnown(input)) this.sizeOf(input);
      const [height, width] = sizePair(outputSize);
      shape[axes[0]] = height;
      shape[axes[1]] = width;
      return shape;
    }
    const size = this.sizeOf(axes.map((axis) => shape[axis] ?? 1) as [number, number]);
    axes.forEach((axis, i) => {
      if (shape[axis] != null) shape[axis] = size[i]!;
    });
    return shape;
  }

  /** Height and width of a shape with the batch axis. */
  protected sidesOf(shape: readonly number[]): [number, number] {
    const [rows, columns] = spatialAxes(this.options.dataFormat);
    return [shape[rows]!, shape[columns]!];
  }

  override getConfig(): serialization.ConfigDict {
    const options = structuredClone(this.options) as unknown as serialization.ConfigDict;
    return { ...super.getConfig(), ...options };
  }
}

function isKnown(sides: (number | null | undefined)[]): sides is [number, number] {
  return sides.every((side) => side != null);
}
