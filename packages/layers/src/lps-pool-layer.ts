import { ConfigError, requireBoolean, requirePositive, requireSize } from '@ds/checks';
import { disposeByGraph, type PoolingLayer, registerLayer } from '@ds/graph';
import type { serialization, Tensor4D } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { DataFormat } from './data-format.js';
import { type LayerArgs, requireConfig, type Shape, symbolicImage } from './layer-input.js';
import { drawSeed, weightSeed } from './layer-seed.js';
import { LPS_CHECKS, type LpsSelector, lpsMixture, spreadNaN } from './lps-pool.js';
import { checkPolyphaseStrides, type Mixture, polyphaseStrides } from './polyphase.js';
import { PolyphaseLayer } from './polyphase-layer.js';

/** Configuration of {@link LpsPool}. */
export interface LpsPoolConfig extends LayerArgs {
  /** Integer strides ≥ 1, one number for both axes. Default 2. */
  strides?: number | readonly [number, number];
  /** Channels of the scoring network. Default: as many as the image has, as published. */
  hidden?: number;
  /** Temperature τ of the mixture in training. Default 1. */
  temperature?: number;
  /** Seed of the initial weights and of the noise in training. Default 0. */
  seed?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
  /** Whether the layer also returns its choice, for `PolyphaseUpsample`. Default false. */
  returnsChoice?: boolean;
}

type Options = {
  strides: [number, number];
  returnsChoice?: boolean;
  hidden: number | null;
  temperature: number;
  seed: number;
  dataFormat: DataFormat;
};

/** The selector's tensors, in the order of the layer's weights. */
const WEIGHTS = ['kernel1', 'bias1', 'kernel2', 'bias2'] as const;

/**
 * Learnable polyphase sampling as a `tf.layers` layer around `lpsPool`. Its weights are those of
 * the scoring network: `kernel1` [3, 3, C, hidden], `bias1`, `kernel2` [3, 3, hidden, hidden] and
 * `bias2`. The kernels start He-normal.
 *
 * In training a Gumbel softmax mixes the components. Every step draws new noise, which the seed
 * determines. At inference each image keeps its best component. The paper lowers the temperature
 * during training: set `temperature`. A list of images of one size is pooled on one grid, which the
 * first image chooses. If a weight is not finite, the output is NaN.
 *
 * With `returnsChoice` a last output has the choice as weights of the grids, `[batch, S_h·S_w]`.
 * `PolyphaseUpsample` takes it. In training the weights carry a gradient to the scoring network.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * Paper: Rojas-Gomez et al., "Learnable polyphase sampling for shift invariant and equivariant
 * convolutional networks", NeurIPS 2022.
 *
 * @throws ConfigError on a bad configuration, as `lpsPool` does.
 */
export class LpsPool extends PolyphaseLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>LpsPool';
  private variables: tfl.LayerVariable[] = [];
  /**
   * Number of draws in training so far. Together with the seed it determines the next draw. Set it
   * to resume training.
   */
  draws = 0;

  constructor(config: LpsPoolConfig = {}) {
    const { soft: _soft, ...checks } = LPS_CHECKS;
    requireConfig<Omit<LpsPoolConfig, keyof LayerArgs>>('LpsPool', config, {
      ...checks,
      strides: checkPolyphaseStrides(2),
      hidden: requireSize,
      returnsChoice: requireBoolean,
    });
    const { hidden = null, temperature = 1, seed = 0, dataFormat = 'channelsLast' } = config;
    const strides = polyphaseStrides('LpsPool', config.strides ?? 2);
    const choice = config.returnsChoice ? { returnsChoice: true } : {};
    super(config, { strides, hidden, temperature, seed, dataFormat, ...choice });
  }

  /** τ > 0 of the mixture in training. */
  get temperature(): number {
    return this.options.temperature;
  }
  set temperature(value: number) {
    requirePositive('LpsPool', 'temperature', value);
    this.options.temperature = value;
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    return disposeByGraph(this, () => super.dispose());
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = symbolicImage('LpsPool', inputShape);
    const channels = shape[this.options.dataFormat === 'channelsLast' ? 3 : 1];
    if (channels == null)
      throw new ConfigError('LpsPool: the number of channels must be known, got null');
    const hidden = this.options.hidden ?? channels;
    const shapes = [[3, 3, channels, hidden], [hidden], [3, 3, hidden, hidden], [hidden]];
    this.variables = WEIGHTS.map((name, i) =>
      this.addWeight(
        name,
        shapes[i]!,
        'float32',
        name.startsWith('kernel')
          ? tfl.initializers.heNormal({ seed: weightSeed(this.options.seed, i) })
          : tfl.initializers.zeros(),
      ),
    );
    super.build(inputShape);
  }

  protected override weightChannels(): number | null {
    return this.variables[0]?.shape[2] ?? null;
  }

  private get selector(): LpsSelector {
    const [kernel1, bias1, kernel2, bias2] = this.variables.map((variable) => variable.read());
    return { kernel1, bias1, kernel2, bias2 } as unknown as LpsSelector;
  }

  protected override mixed(components: Tensor4D[], mixture: Mixture): Tensor4D {
    return spreadNaN(super.mixed(components, mixture) as Tensor4D, this.selector);
  }

  protected mixture(components: Tensor4D[], training: boolean): Mixture {
    const { temperature } = this.options;
    const seed = drawSeed(this.options.seed, training ? ++this.draws : 0);
    return lpsMixture(components, this.selector, { soft: training, temperature, seed });
  }

  /** Multiply-adds of the scoring network. Shapes are without the batch axis. */
  multiplyAdds(outputShape: number[]): number {
    const taps = this.variables[0]?.shape.reduce<number>((n, size) => n * size!, 1) ?? 0;
    const positions =
      this.options.dataFormat === 'channelsLast' ? outputShape.slice(0, 2) : outputShape.slice(1);
    const [strideH, strideW] = this.options.strides;
    return taps * positions[0]! * positions[1]! * strideH * strideW;
  }

  override getConfig(): serialization.ConfigDict {
    const { hidden, ...config } = super.getConfig();
    return { ...config, ...(hidden == null ? {} : { hidden }) };
  }
}
registerLayer(LpsPool, 'LpsPool');
