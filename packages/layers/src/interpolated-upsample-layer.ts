import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import {
  INTERPOLATED_UPSAMPLE_CHECKS,
  type InterpolatedUpsampleOptions,
  type Interpolation,
  interpolatedUpsample,
  interpolationMatrices,
  interpolationMultiplyAdds,
} from './interpolated-upsample.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize } from './multiply-adds.js';
import { requireSides } from './stride-values.js';
import { UpsampleLayer } from './upsample-layer.js';
import { requireOneSize, sizeOptions, upsampledSize } from './upsampled-size.js';

/** Configuration of {@link InterpolatedUpsample}. */
export interface InterpolatedUpsampleConfig extends LayerArgs, InterpolatedUpsampleOptions {}

type Options = InterpolatedUpsampleOptions & {
  interpolation: Interpolation;
  dataFormat: DataFormat;
};

/**
 * Nearest or bilinear upsampling as a `tf.layers` layer around `interpolatedUpsample`. It has no
 * weights. Unlike `UpSampling2D` of tfjs it takes any size.
 *
 * Shapes: `[batch, h, w, channels]` → `[batch, floor(h·S_h), floor(w·S_w), channels]`, or
 * `outputSize`. With the inputs `[image, reference]` the output has the height and the width of the
 * reference.
 *
 * @throws ConfigError on a bad configuration, as `interpolatedUpsample` does.
 */
export class InterpolatedUpsample extends UpsampleLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>InterpolatedUpsample';

  constructor(config: InterpolatedUpsampleConfig = {}) {
    requireConfig<Omit<InterpolatedUpsampleConfig, keyof LayerArgs>>(
      'InterpolatedUpsample',
      config,
      INTERPOLATED_UPSAMPLE_CHECKS,
    );
    requireOneSize('InterpolatedUpsample', config);
    const { interpolation = 'bilinear', dataFormat = 'channelsLast' } = config;
    super(config, { ...sizeOptions('InterpolatedUpsample', config), interpolation, dataFormat });
  }

  protected upsample(image: Tensor4D, size: [number, number] | null): Tensor4D {
    const { interpolation, dataFormat, ...given } = this.options;
    const sized = size ? { outputSize: size } : given;
    return interpolatedUpsample(image, { ...sized, interpolation, dataFormat });
  }

  protected sizeOf(input: [number, number], reference?: [number, number]): [number, number] {
    const size = reference ? { outputSize: reference } : this.options;
    return upsampledSize('InterpolatedUpsample', input, size);
  }

  /**
   * Returns the layer as matrices for images of one size. `output` is the size of the reference, if
   * there is one. The caller disposes of them.
   */
  matrices(input: [number, number], output?: [number, number]): PoolingMatrices {
    const op = 'InterpolatedUpsample.matrices';
    const sides = requireSides(op, 'input', input);
    const size = output ? { outputSize: requireSides(op, 'output', output) } : this.options;
    const target = upsampledSize(op, sides, size);
    return interpolationMatrices(sides, target, this.options.interpolation);
  }

  /**
   * Multiply-adds for one image: along the height, then along the width. Shapes are without the
   * batch axis.
   */
  multiplyAdds(outputShape: number[], inputShape: number[]): number {
    const { interpolation, dataFormat } = this.options;
    const [height, width] = imageSize(outputShape, dataFormat);
    const image = imageSize(inputShape, dataFormat);
    return interpolationMultiplyAdds(image, [height, width], interpolation);
  }
}
registerLayer(InterpolatedUpsample, 'InterpolatedUpsample');
