import { ConfigError, integerIn, refuse } from '@ds/checks';
import { type PoolingLayer, plainName, registerLayer } from '@ds/graph';
import { type PoolingMatrices, tapMatrix } from '@ds/kernels';
import {
  addN,
  mul,
  scalar,
  type serialization,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import { outputSizes } from './fractional-axes.js';
import { MOST_SAMPLES } from './fractional-axes-layer.js';
import { type FractionalPoolOptions, fractionalRegions } from './fractional-pool.js';
import type { FractionalAvgPool, FractionalMaxPool } from './fractional-pool-layer.js';
import {
  fractionalUnpool,
  spreadTaps,
  UNPOOL_CHECKS,
  type UnpoolingKind,
} from './fractional-unpool.js';
import {
  agree,
  type LayerArgs,
  requireConfig,
  type Shape,
  symbolicImage,
  written,
} from './layer-input.js';
import { drawSeed } from './layer-seed.js';
import { ModelRun } from './model-run.js';
import { imageSize, tapsMultiplyAdds } from './multiply-adds.js';
import { requireSides } from './stride-values.js';
import { requireReference } from './upsampled-size.js';

/** Configuration of {@link FractionalUnpool}: that of the pooling, or the pooling itself. */
export interface FractionalUnpoolConfig extends LayerArgs {
  /** The pooling that this layer reverses. It gives all other options of this list. */
  partner?: FractionalMaxPool | FractionalAvgPool;
  /** `'average'` (default) or `'max'`. */
  kind?: UnpoolingKind;
  /** Input size over output size of the pooling. Excludes `outputSize`. Default √2. */
  ratio?: number | readonly [number, number];
  /** The output size of the pooling. Excludes `ratio`. */
  outputSize?: number | readonly [number, number];
  /** Whether neighbouring regions share their boundary. Default false. */
  overlapping?: boolean;
  /** Whether the pooling draws Graham's pseudorandom sequences. Default false. */
  pseudoRandom?: boolean;
  /** Seed of the pooling. Default 0. */
  seed?: number;
  /** Number of draws at inference. Default 1. */
  samples?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

type Options = {
  kind: UnpoolingKind;
  ratio?: number | readonly [number, number];
  outputSize?: number | readonly [number, number];
  overlapping: boolean;
  pseudoRandom: boolean;
  seed: number;
  samples: number;
  dataFormat: DataFormat;
};

/** The options that a partner gives. */
const OF_PARTNER = [
  'ratio',
  'outputSize',
  'overlapping',
  'pseudoRandom',
  'seed',
  'samples',
  'dataFormat',
] as const;

/**
 * Fractional unpooling as a `tf.layers` layer around `fractionalUnpool`, the partner of
 * `FractionalMaxPool` or `FractionalAvgPool` in the encoder. It has no weights.
 *
 * The inputs are `[image, reference]`. The reference is the image that the pooling pooled.
 *
 * In training, both layers draw new regions in each step. This layer replays the last regions of
 * its partner, also if other models apply the partner. Without the partner itself, as in a loaded
 * model, both count their draws from the same seed. So training must then run both equally often.
 * At inference it returns the mean over the draws of the partner.
 *
 * Shapes: `[batch, h, w, channels]`, `[batch, H, W, channels]` → `[batch, H, W, channels]`.
 *
 * @throws ConfigError on a bad configuration, as `fractionalUnpool` does, or if a partner is given
 *   together with one of its own options.
 */
export class FractionalUnpool extends tfl.layers.Layer implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>FractionalUnpool';
  private readonly options: Options;
  private readonly partner: FractionalMaxPool | FractionalAvgPool | undefined;
  private readonly run = new ModelRun();
  /**
   * Number of draws in training so far. Together with the seed it determines the next draw. Set it
   * to resume training.
   */
  draws = 0;

  constructor(config: FractionalUnpoolConfig = {}) {
    const { rows: _rows, columns: _columns, ...checks } = UNPOOL_CHECKS;
    requireConfig<Omit<FractionalUnpoolConfig, keyof LayerArgs>>('FractionalUnpool', config, {
      ...checks,
      samples: integerIn(1, MOST_SAMPLES),
      partner: requirePartner,
    });
    const { partner, ...rest } = config;
    super({ ...rest });
    this.name = config.name ?? plainName(this);
    this.partner = partner;
    const given = partner ? ofPartner(partner, rest) : rest;
    const { ratio, outputSize } = given;
    if (ratio !== undefined && outputSize !== undefined) {
      throw new ConfigError(
        'FractionalUnpool: at most one of ratio and outputSize must be given, got both',
      );
    }
    this.options = {
      ...structuredClone(
        outputSize === undefined ? { ratio: ratio ?? Math.SQRT2 } : { outputSize },
      ),
      kind: given.kind ?? 'average',
      overlapping: given.overlapping ?? false,
      pseudoRandom: given.pseudoRandom ?? false,
      seed: given.seed ?? 0,
      samples: given.samples ?? 1,
      dataFormat: given.dataFormat ?? 'channelsLast',
    };
    // An image of this size is large enough for every allowed output size.
    outputSizes('FractionalUnpool', 2, [2 ** 30, 2 ** 30], this.options);
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean } = {}): Tensor {
    const list = [inputs].flat() as Tensor4D[];
    if (list.length !== 2) {
      throw new ConfigError(
        `FractionalUnpool: inputs must be [image, reference], got ${list.length}`,
      );
    }
    const [image, reference] = list as [Tensor4D, Tensor4D];
    requireImage('FractionalUnpool', image);
    requireReference('FractionalUnpool', reference);
    return tidy(() => {
      const unpooled = (draw: number) =>
        fractionalUnpool(image, reference, { ...this.drawn(draw), kind: this.options.kind });
      if (kwargs?.training) {
        this.countDraw(kwargs);
        return unpooled(this.draws);
      }
      const { samples } = this.options;
      const parts = Array.from({ length: samples }, (_, sample) => unpooled(-sample));
      return samples === 1 ? parts[0]! : mul(addN(parts), scalar(1 / samples));
    });
  }

  /** Takes the last draw of the partner, which may be in other models too, or counts one. */
  private countDraw(kwargs: object): void {
    const begins = this.run.begins(kwargs, this.inboundNodes.length);
    const partner = this.inboundNodes.length > 0 ? this.partner : undefined;
    // A partner in a wrapper pools all frames before this layer. It is in no graph itself.
    if (partner?.draws && partner.inboundNodes.length > 0) this.draws = partner.draws;
    else if (begins) this.draws += 1;
  }

  /** The options of a draw, with the seed that the pooling gives to the same draw. */
  private drawn(draw: number): FractionalPoolOptions {
    const { kind: _kind, samples: _samples, seed, ...options } = this.options;
    return { ...options, seed: drawSeed(seed, draw) };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [image, reference] = (
      Array.isArray(inputShape[0]) ? inputShape : [inputShape]
    ) as Shape[];
    if (!reference) {
      throw new ConfigError('FractionalUnpool: inputs must be [image, reference], got one');
    }
    const shape = symbolicImage('FractionalUnpool', image!).slice();
    symbolicImage('FractionalUnpool', reference);
    this.requirePooled(shape, reference);
    for (const axis of spatialAxes(this.options.dataFormat)) shape[axis] = reference[axis]!;
    return shape;
  }

  /** Checks that an image has the symbolic shape of the pooled reference. */
  private requirePooled(image: Shape, reference: Shape): void {
    const axes = spatialAxes(this.options.dataFormat);
    const sides = axes.map((axis) => reference[axis] ?? 2 ** 30);
    const sizes = outputSizes('FractionalUnpool', 2, sides, this.options);
    const pooled = reference.slice();
    axes.forEach((axis, i) => {
      if (pooled[axis] != null || this.options.outputSize !== undefined) pooled[axis] = sizes[i]!;
    });
    if (agree(image, pooled)) return;
    throw new ConfigError(
      `FractionalUnpool: the image must have the shape ${written(pooled)} of the pooled ` +
        `reference, got ${written(image)}`,
    );
  }

  /**
   * Returns the layer at inference as matrices, for a reference of size `output`. The caller
   * disposes of them. Only the average of one draw is linear and separable: otherwise this is
   * undefined.
   */
  get matrices(): PoolingLayer['matrices'] {
    const { kind, samples } = this.options;
    if (kind !== 'average' || samples !== 1) return undefined;
    return (input, output) => {
      const op = 'FractionalUnpool.matrices';
      const [height, width] = requireSides(op, 'input', input);
      const sides = requireSides(op, 'output', output);
      const { rows, columns } = fractionalRegions(op, sides, this.drawn(0));
      const matrix = (regions: typeof rows, size: number): PoolingMatrices['rows'] =>
        tapMatrix(spreadTaps(regions), size);
      return { rows: matrix(rows, height), columns: matrix(columns, width) };
    };
  }

  /** Multiply-adds of the means, for all draws. Shapes are without the batch axis. */
  multiplyAdds(outputShape: number[], inputShape: number[]): number {
    const { kind, samples, dataFormat } = this.options;
    if (kind === 'max') return 0;
    const [height, width] = imageSize(outputShape, dataFormat);
    const image = imageSize(inputShape, dataFormat);
    const counts = Array.from({ length: samples }, (_, sample) => {
      const { rows, columns } = fractionalRegions(
        'FractionalUnpool.multiplyAdds',
        [height, width],
        this.drawn(-sample),
      );
      return tapsMultiplyAdds([spreadTaps(rows), spreadTaps(columns)], image);
    });
    return counts.reduce((sum, one) => sum + one, 0);
  }

  override getConfig(): serialization.ConfigDict {
    const options = structuredClone(this.options) as unknown as serialization.ConfigDict;
    return { ...super.getConfig(), ...options };
  }
}
registerLayer(FractionalUnpool, 'FractionalUnpool');

const KINDS: Record<string, UnpoolingKind> = {
  'ds>FractionalMaxPool': 'max',
  'ds>FractionalAvgPool': 'average',
};

function requirePartner(op: string, name: string, value: unknown): void {
  const layer = value as Partial<tfl.layers.Layer> | null;
  if (typeof layer?.getClassName === 'function' && layer.getClassName() in KINDS) return;
  refuse(op, name, 'be a FractionalMaxPool or a FractionalAvgPool', value);
}

/** The options of the pooling, and the options of all layers. */
function ofPartner(
  partner: FractionalMaxPool | FractionalAvgPool,
  own: Omit<FractionalUnpoolConfig, 'partner'>,
): Omit<FractionalUnpoolConfig, 'partner'> {
  const twice = OF_PARTNER.filter((name) => own[name] !== undefined);
  if (twice.length > 0) {
    throw new ConfigError(
      `FractionalUnpool: ${twice.join(', ')} must not be given together with partner`,
    );
  }
  const config = partner.getConfig() as FractionalUnpoolConfig;
  const given = OF_PARTNER.filter((name) => config[name] !== undefined);
  return {
    kind: KINDS[partner.getClassName()]!,
    ...own,
    ...Object.fromEntries(given.map((name) => [name, config[name]])),
  };
}
