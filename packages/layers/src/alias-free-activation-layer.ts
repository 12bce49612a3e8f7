import { ConfigError } from '@ds/checks';
import { disposeByGraph, type PoolingLayer, plainClassName, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import {
  serialization,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
} from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  ALIAS_FREE_CHECKS,
  type AliasFreeOptions,
  polynomialActivation,
  upsampledRelu,
} from './alias-free-activation.js';
import { idealDownsampling, idealUpsampling } from './ideal-matrices.js';
import {
  type LayerArgs,
  requireChannels,
  requireConfig,
  type Shape,
  symbolicImage,
} from './layer-input.js';
import { imageSize, resampleMultiplyAdds } from './multiply-adds.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { requireSides } from './stride-values.js';

/** Configuration of {@link PolynomialActivation} and {@link UpsampledRelu}. */
export interface AliasFreeConfig extends LayerArgs, AliasFreeOptions {}

/** The published polynomial close to GELU: a₀, a₁, a₂. */
const NEAR_GELU = [0.0169394634313126, 0.5, 0.3078363963999393];

/** Initializes every channel's coefficients with the published ones. */
class PolynomialInitializer extends serialization.Serializable {
  static className = 'PolynomialActivationInitializer';

  apply([, channels]: (number | null)[]): Tensor {
    return tensor2d(NEAR_GELU.map((value) => new Array<number>(channels!).fill(value)));
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  override getConfig(): serialization.ConfigDict {
    return {};
  }
}

/** An activation at a higher resolution. The image keeps its size. */
abstract class AliasFreeActivation extends StaticPoolLayer<Required<AliasFreeOptions>> {
  constructor(op: string, config: AliasFreeConfig) {
    requireConfig<AliasFreeOptions>(op, config, ALIAS_FREE_CHECKS);
    const { factor = 2, dataFormat = 'channelsLast' } = config;
    super(config, { factor, dataFormat });
  }

  protected axisSize(size: number): number {
    return size;
  }

  /**
   * Returns the matrices before and after the nonlinearity, for images of one size. The caller
   * disposes of them.
   */
  resampling(input: [number, number]): { up: PoolingMatrices; down: PoolingMatrices } {
    const op = `${plainClassName(this)}.resampling`;
    const [height, width] = requireSides(op, 'input', input);
    const { factor } = this.options;
    return {
      up: { rows: idealUpsampling(height, factor), columns: idealUpsampling(width, factor) },
      down: { rows: idealDownsampling(height, factor), columns: idealDownsampling(width, factor) },
    };
  }

  /** Multiply-adds of the two resamplings for one image. Shapes are without the batch axis. */
  multiplyAdds(outputShape: number[]): number {
    const { factor, dataFormat } = this.options;
    const [height, width, channels] = imageSize(outputShape, dataFormat);
    const [up, down]: [number, number][] = [
      [factor * height, factor * width],
      [height, width],
    ];
    return (
      resampleMultiplyAdds([height, width, channels], up!) +
      resampleMultiplyAdds([...up!, channels], down!)
    );
  }
}

/**
 * The polynomial activation of alias-free networks as a `tf.layers` layer around
 * `polynomialActivation`. Its weight `coefficients` [3, C] starts near GELU, with the published
 * values: `0.01694 + x/2 + 0.30784 x²` differs from GELU by less than 0.02 for |x| ≤ 1.2.
 *
 * Large values grow as x², so place it after a normalization.
 *
 * Shapes: `[batch, height, width, channels]` → the same.
 *
 * Paper: Michaeli, Michaeli & Soudry, "Alias-free convnets", CVPR 2023.
 *
 * @throws ConfigError on a bad configuration, as `polynomialActivation` does.
 */
export class PolynomialActivation extends AliasFreeActivation implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>PolynomialActivation';
  private coefficients: tfl.LayerVariable | null = null;

  constructor(config: AliasFreeConfig = {}) {
    super('PolynomialActivation', config);
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    return disposeByGraph(this, () => super.dispose());
  }

  private get channelAxis(): number {
    return this.options.dataFormat === 'channelsLast' ? 3 : 1;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = symbolicImage(plainClassName(this), inputShape);
    const channels = shape[this.channelAxis];
    if (channels == null) {
      throw new ConfigError('PolynomialActivation: the number of channels must be known, got null');
    }
    this.coefficients = this.addWeight(
      'coefficients',
      [3, channels],
      'float32',
      new PolynomialInitializer(),
    );
    super.build(inputShape);
  }

  protected override pooledShape(input: Shape): Shape {
    requireChannels(this, input, this.channelAxis, this.coefficients?.shape[1]);
    return super.pooledShape(input);
  }

  protected pool(image: Tensor4D): Tensor4D {
    requireChannels(this, image.shape, this.channelAxis, this.coefficients?.shape[1]);
    return polynomialActivation(image, this.coefficients!.read() as Tensor2D, this.options);
  }
}
registerLayer(PolynomialActivation, 'PolynomialActivation');

/**
 * ReLU at a higher resolution as a `tf.layers` layer around `upsampledRelu`. It has no weights.
 * Shapes: `[batch, height, width, channels]` → the same.
 *
 * @throws ConfigError on a bad configuration, as `upsampledRelu` does.
 */
export class UpsampledRelu extends AliasFreeActivation implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>UpsampledRelu';

  constructor(config: AliasFreeConfig = {}) {
    super('UpsampledRelu', config);
  }

  protected pool(image: Tensor4D): Tensor4D {
    return upsampledRelu(image, this.options);
  }
}
registerLayer(UpsampledRelu, 'UpsampledRelu');
