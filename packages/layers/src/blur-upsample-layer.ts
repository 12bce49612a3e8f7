import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import {
  BLUR_UPSAMPLE_CHECKS,
  type BlurUpsampleOptions,
  blurUpsample,
  blurUpsampledSize,
  blurUpsampleMatrices,
  blurUpsampleMultiplyAdds,
  whyUnreflectable,
} from './blur-upsample.js';
import { spatialAxes } from './data-format.js';
import { integerStrides } from './integer-strides.js';
import { type LayerArgs, requireConfig, type Shape, symbolicImage } from './layer-input.js';
import { MapSizeError } from './map-size-error.js';
import { imageSize } from './multiply-adds.js';
import { requireSides } from './stride-values.js';
import { UpsampleLayer } from './upsample-layer.js';
import { plainSize } from './upsampled-size.js';

/** Configuration of {@link BlurUpsample}. */
export interface BlurUpsampleConfig extends LayerArgs, BlurUpsampleOptions {}

type Options = BlurUpsampleOptions & Required<Omit<BlurUpsampleOptions, 'outputSize'>>;

/**
 * Blurred upsampling as a `tf.layers` layer around {@link blurUpsample}, the partner of `BlurPool`.
 * It has no weights.
 *
 * Shapes: `[batch, h, w, channels]` → `[batch, h·S_h, w·S_w, channels]`, or `outputSize`. With the
 * inputs `[image, reference]` the output has the height and the width of the reference, which the
 * strides must reduce to those of the image.
 *
 * @throws ConfigError on a bad configuration, as {@link blurUpsample} does.
 */
export class BlurUpsample extends UpsampleLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>BlurUpsample';

  constructor(config: BlurUpsampleConfig = {}) {
    requireConfig<Omit<BlurUpsampleConfig, keyof LayerArgs>>(
      'BlurUpsample',
      config,
      BLUR_UPSAMPLE_CHECKS,
    );
    const { filterSize = 3, padding = 'reflect', dataFormat = 'channelsLast', outputSize } = config;
    super(config, {
      strides: integerStrides('BlurUpsample', config.strides ?? 2),
      ...(outputSize === undefined ? {} : { outputSize: plainSize(outputSize) }),
      filterSize,
      padding,
      dataFormat,
    });
  }

  protected upsample(image: Tensor4D, size: [number, number] | null): Tensor4D {
    return blurUpsample(image, this.sized(size));
  }

  protected sizeOf(input: [number, number], reference?: [number, number]): [number, number] {
    return blurUpsampledSize('BlurUpsample', input, this.sized(reference));
  }

  /** @throws MapSizeError that names the layer and its map if the op would refuse a known size. */
  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const output = super.computeOutputShape(inputShape) as Shape;
    const input = symbolicImage('BlurUpsample', inputShape);
    const axes = spatialAxes(this.options.dataFormat);
    for (const axis of axes) {
      const size = output[axis];
      const why = size == null ? null : whyUnreflectable(size, this.options);
      if (!why) continue;
      const map = axes.map((one) => input[one] ?? null);
      throw new MapSizeError('BlurUpsample', this.name, map, why);
    }
    return output;
  }

  private sized(size: [number, number] | null | undefined): BlurUpsampleOptions {
    return size ? { ...this.options, outputSize: size } : this.options;
  }

  /**
   * Returns the layer as matrices for images of one size. `output` is the size of the reference, if
   * there is one. The caller disposes of them.
   */
  matrices(input: [number, number], output?: [number, number]): PoolingMatrices {
    const op = 'BlurUpsample.matrices';
    const sides = requireSides(op, 'input', input);
    const size = output && requireSides(op, 'output', output);
    return blurUpsampleMatrices(op, sides, this.sized(size));
  }

  /**
   * Multiply-adds of the blur for one image: along the height, then along the width. Shapes are
   * without the batch axis.
   */
  multiplyAdds(outputShape: number[], inputShape: number[]): number {
    const { dataFormat } = this.options;
    const [height, width] = imageSize(outputShape, dataFormat);
    return blurUpsampleMultiplyAdds(imageSize(inputShape, dataFormat), this.sized([height, width]));
  }
}
registerLayer(BlurUpsample, 'BlurUpsample');
