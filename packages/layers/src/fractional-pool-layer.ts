import { plainClassName, registerLayer } from '@ds/graph';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';
import type { FractionalDrawOptions } from './fractional-axes.js';
import { FractionalAxesLayer } from './fractional-axes-layer.js';
import { type FractionalRegions, fractionalAvgPool, fractionalMaxPool } from './fractional-pool.js';
import type { LayerArgs } from './layer-input.js';
import { requireSides } from './stride-values.js';

/** Configuration of {@link FractionalMaxPool} and {@link FractionalAvgPool}. */
export interface FractionalPoolConfig extends LayerArgs {
  /** Input size over output size, ≥ 1. Excludes `outputSize`. Default √2. */
  ratio?: number | readonly [number, number];
  /** Output [height, width], or one number for both. Excludes `ratio`. */
  outputSize?: number | readonly [number, number];
  /** Whether neighbouring regions share their boundary. Default false. */
  overlapping?: boolean;
  /** Whether to draw Graham's pseudorandom sequences. Default false. */
  pseudoRandom?: boolean;
  /** Seed of all regions. Default 0. */
  seed?: number;
  /** Number of draws to average at inference. Default 1. */
  samples?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The part that both layers of images share. */
abstract class FractionalImageLayer extends FractionalAxesLayer<2> {
  /**
   * Returns the regions at inference for images of size [height, width], one entry per sample.
   *
   * @throws ConfigError if `input` is not two integers ≥ 1, or is smaller than `outputSize`.
   */
  regions(input: [number, number]): FractionalRegions[] {
    const op = `${plainClassName(this)}.regions`;
    const sides = requireSides(op, 'input', input);
    return this.sampleRegions(op, sides).map(([rows, columns]) => ({
      rows: rows!,
      columns: columns!,
    }));
  }
}

/**
 * Fractional max-pooling as a `tf.layers` layer around {@link fractionalMaxPool} (Graham 2014).
 *
 * In training every step draws new regions, which the seed determines. At inference the regions are
 * fixed, and the layer returns the mean over `samples` draws. It has no weights. Shapes:
 * `[batch, height, width, channels]` → `[batch, floor(H/ratio), floor(W/ratio), channels]`, or
 * `outputSize`.
 *
 * @throws ConfigError on a bad configuration, as {@link fractionalMaxPool} does.
 */
export class FractionalMaxPool extends FractionalImageLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalMaxPool';

  constructor(config: FractionalPoolConfig = {}) {
    super('FractionalMaxPool', 2, 'max', config);
  }

  protected pool(image: Tensor4D, options: FractionalDrawOptions<2>): Tensor4D {
    return fractionalMaxPool(image, options).output;
  }
}

/**
 * {@link fractionalAvgPool} as a layer: {@link FractionalMaxPool} with means instead of maxima.
 *
 * @throws ConfigError on a bad configuration, as {@link fractionalAvgPool} does.
 */
export class FractionalAvgPool extends FractionalImageLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalAvgPool';

  constructor(config: FractionalPoolConfig = {}) {
    super('FractionalAvgPool', 2, 'mean', config);
  }

  protected pool(image: Tensor4D, options: FractionalDrawOptions<2>): Tensor4D {
    return fractionalAvgPool(image, options).output;
  }
}

registerLayer(FractionalMaxPool, 'FractionalMaxPool');
registerLayer(FractionalAvgPool, 'FractionalAvgPool');
