import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { imageSize, resampleMultiplyAdds } from './multiply-adds.js';
import { padSpectrumMatrices } from './pad-spectrum.js';
import type { Norm } from './spectral-matrices.js';
import {
  SPECTRAL_UPSAMPLE_CHECKS,
  type SpectralUpsampleOptions,
  spectralUpsample,
} from './spectral-upsample.js';
import { requireSides } from './stride-values.js';
import { UpsampleLayer } from './upsample-layer.js';
import { requireOneSize, sizeOptions, upsampledSize } from './upsampled-size.js';

/** Configuration of {@link SpectralUpsample}. */
export interface SpectralUpsampleConfig extends LayerArgs, Omit<SpectralUpsampleOptions, 'path'> {}

type Options = Omit<SpectralUpsampleOptions, 'path'> & { norm: Norm; dataFormat: DataFormat };

/**
 * Spectral upsampling as a `tf.layers` layer around {@link spectralUpsample}, the partner of
 * `SpectralPool` and of `DiffStride`. It has no weights.
 *
 * Shapes: `[batch, h, w, channels]` → `[batch, floor(h·S_h), floor(w·S_w), channels]`, or
 * `outputSize`. With the inputs `[image, reference]` the output has the height and the width of the
 * reference, such as the skip connection of a U-Net. So it fits every stride that the partner
 * learns.
 *
 * @throws ConfigError on a bad configuration, as {@link spectralUpsample} does.
 */
export class SpectralUpsample extends UpsampleLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>SpectralUpsample';

  constructor(config: SpectralUpsampleConfig = {}) {
    const { path: _path, ...checks } = SPECTRAL_UPSAMPLE_CHECKS;
    requireConfig<Omit<SpectralUpsampleConfig, keyof LayerArgs>>(
      'SpectralUpsample',
      config,
      checks,
    );
    requireOneSize('SpectralUpsample', config);
    const { norm = 'ortho', dataFormat = 'channelsLast' } = config;
    super(config, { ...sizeOptions('SpectralUpsample', config), norm, dataFormat });
  }

  protected upsample(image: Tensor4D, size: [number, number] | null): Tensor4D {
    const { norm, dataFormat, ...given } = this.options;
    return spectralUpsample(image, { ...(size ? { outputSize: size } : given), norm, dataFormat });
  }

  protected sizeOf(input: [number, number], reference?: [number, number]): [number, number] {
    const size = reference ? { outputSize: reference } : this.options;
    return upsampledSize('SpectralUpsample', input, size);
  }

  /**
   * Returns the layer as matrices for images of one size. `output` is the size of the reference, if
   * there is one. The caller disposes of them.
   */
  matrices(input: [number, number], output?: [number, number]): PoolingMatrices {
    const op = 'SpectralUpsample.matrices';
    const sides = requireSides(op, 'input', input);
    const size = output ? { outputSize: requireSides(op, 'output', output) } : this.options;
    const target = upsampledSize(op, sides, size);
    return padSpectrumMatrices(sides, target, this.options.norm);
  }

  /** Multiply-adds of the two matrix products for one image. Shapes are without the batch axis. */
  multiplyAdds(outputShape: number[], inputShape: number[]): number {
    const [h, w] = imageSize(outputShape, this.options.dataFormat);
    return resampleMultiplyAdds(imageSize(inputShape, this.options.dataFormat), [h, w]);
  }
}
registerLayer(SpectralUpsample, 'SpectralUpsample');
