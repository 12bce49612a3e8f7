import {
  ConfigError,
  describe,
  oneOf,
  refuse,
  requireBoolean,
  requireFunction,
  requireList,
  requireObject,
  requireOptions,
} from '@ds/checks';
import { isLayer, type PoolingLayer } from '@ds/graph';
import { layers } from '@tensorflow/tfjs-layers';
import { ApsPool1D } from './aps-pool-1d-layer.js';
import { ApsPool3D } from './aps-pool-3d-layer.js';
import { ApsPool, type ApsPoolConfig } from './aps-pool-layer.js';
import { AsapPool, type AsapPoolConfig } from './asap-pool-layer.js';
import { AvgBlurPool1D, BlurPool1D, MaxBlurPool1D } from './blur-pool-1d-layer.js';
import { AvgBlurPool3D, BlurPool3D, MaxBlurPool3D } from './blur-pool-3d-layer.js';
import {
  AvgBlurPool,
  BlurPool,
  type BlurPoolConfig,
  type DenseBlurPoolConfig,
  MaxBlurPool,
} from './blur-pool-layer.js';
import { checkDataFormat, type DataFormat } from './data-format.js';
import { DctDiffStride, type DctDiffStrideConfig } from './dct-diff-stride-layer.js';
import { DctPool, type DctPoolConfig } from './dct-pool-layer.js';
import { DiffStride1D } from './diff-stride-1d-layer.js';
import { DiffStride3D } from './diff-stride-3d-layer.js';
import { DiffStride, type DiffStrideConfig } from './diff-stride-layer.js';
import { FlcPool1D } from './flc-pool-1d-layer.js';
import { FlcPool3D } from './flc-pool-3d-layer.js';
import { FlcPool, type FlcPoolConfig } from './flc-pool-layer.js';
import { FractionalAvgPool1D, FractionalMaxPool1D } from './fractional-pool-1d-layer.js';
import { FractionalAvgPool3D, FractionalMaxPool3D } from './fractional-pool-3d-layer.js';
import {
  FractionalAvgPool,
  FractionalMaxPool,
  type FractionalPoolConfig,
} from './fractional-pool-layer.js';
import { integerStrides } from './integer-strides.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { LpsPool, type LpsPoolConfig } from './lps-pool-layer.js';
import { checkRank, type PerAxis, requireStrideCount, type SpatialRank } from './spatial-rank.js';
import { SpectralPool1D } from './spectral-pool-1d-layer.js';
import { SpectralPool3D } from './spectral-pool-3d-layer.js';
import { SpectralPool, type SpectralPoolConfig } from './spectral-pool-layer.js';
import { requireStrides } from './stride-values.js';
import { TipsPool, type TipsPoolConfig } from './tips-pool-layer.js';

/** Configuration of `'average'` and `'max'`: tfjs's pooling, with windows as large as strides. */
export interface WindowPoolConfig extends LayerArgs {
  /** Default `'same'`. */
  padding?: 'same' | 'valid';
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * The registered names with their configurations, without `strides`, `seed` and `name`. A module
 * that registers a pooling adds its own configuration here. Editors and compilers then know it:
 *
 * ```ts
 * declare module '@ds/layers' {
 *   interface PoolingConfigs {
 *     'my-average': { padding?: 'same' | 'valid' };
 *   }
 * }
 * ```
 */
export interface PoolingConfigs {
  diffstride: DiffStrideConfig;
  spectral: Omit<SpectralPoolConfig, 'outputSize'>;
  blur: Omit<BlurPoolConfig, 'outputSize'>;
  'max-blur': Omit<DenseBlurPoolConfig, 'outputSize'>;
  'avg-blur': Omit<DenseBlurPoolConfig, 'outputSize'>;
  'fractional-max': Omit<FractionalPoolConfig, 'ratio' | 'outputSize'>;
  'fractional-avg': Omit<FractionalPoolConfig, 'ratio' | 'outputSize'>;
  average: WindowPoolConfig;
  max: WindowPoolConfig;
  subsample: Omit<BlurPoolConfig, 'filterSize' | 'filter' | 'attenuation' | 'outputSize'>;
  flc: Omit<FlcPoolConfig, 'outputSize'>;
  asap: Omit<AsapPoolConfig, 'outputSize'>;
  aps: ApsPoolConfig;
  lps: LpsPoolConfig;
  tips: TipsPoolConfig;
  dct: DctPoolConfig;
  'dct-diffstride': DctDiffStrideConfig;
}

/** A name in {@link PoolingConfigs}, or any other registered name. */
export type PoolingName = keyof PoolingConfigs | (string & {});

/**
 * Configuration of a pooling with R spatial axes: the initial strides, one for each axis, and the
 * pooling's own options. Models name each of their poolings. A model with a seed also passes one to
 * each pooling.
 */
export type PoolingConfig<Name extends PoolingName = string, R extends SpatialRank = 2> = {
  strides: PerAxis<R>;
} & PoolingOptions<Name, R>;

/** A {@link PoolingConfig} without its strides. Sound has one data format, so it has no option. */
type PoolingOptions<Name extends PoolingName, R extends SpatialRank> = {
  seed?: number;
  name?: string;
} & (Name extends keyof PoolingConfigs
  ? Omit<PoolingConfigs[Name], 'strides' | 'seed' | 'name' | (1 extends R ? 'dataFormat' : never)>
  : Record<string, unknown>);

/** A configuration that a caller writes. Its strides may be constant. */
type GivenConfig<Name extends PoolingName, R extends SpatialRank> = {
  strides: Readonly<PerAxis<R>>;
} & PoolingOptions<Name, R>;

/** The poolings of this package that take only images. */
type OfImages = 'asap' | 'lps' | 'tips' | 'dct' | 'dct-diffstride';

/** A {@link PoolingConfig} that names its rank. */
export type RankedPoolingConfig<
  Name extends PoolingName = string,
  R extends SpatialRank = SpatialRank,
> = R extends SpatialRank ? PoolingConfig<Name, R> & { rank: R } : never;

/**
 * Makes the pooling layer of a configuration. The factory of a pooling with other ranks than 2 also
 * gets the `rank`.
 */
export type PoolingFactory<Name extends PoolingName = string, R extends SpatialRank = 2> = (
  config: [R] extends [2] ? PoolingConfig<Name> : RankedPoolingConfig<Name, R>,
) => layers.Layer;

/** How models use a pooling. */
export interface PoolingTraits<R extends SpatialRank = SpatialRank> {
  /**
   * The position of the pooling: directly after the `'convolution'` that it downsamples (default),
   * or after the batch norm and the `'activation'` of that convolution. Blurs take the second.
   */
  placement?: 'convolution' | 'activation';
  /** Whether models leave the pooling out at stride 1. Default false. */
  absentAtStrideOne?: boolean;
  /**
   * Whether the configuration has a `padding` that may be `'circular'` and `'reflect'`. Models that
   * pad so then pass it. Default false.
   */
  padsBorders?: boolean;
  /**
   * The numbers of spatial axes that the pooling takes: 1 for `[N, W, C]`, 2 for `[N, H, W, C]`, 3
   * for `[N, D, H, W, C]`. Default [2].
   */
  ranks?: readonly R[];
}

interface Registered {
  factory: (config: never) => layers.Layer;
  traits: Required<PoolingTraits>;
}

/** The key of the registry in `globalThis`. */
const REGISTRY = Symbol.for('@ds/layers/poolings');
const host = globalThis as { [REGISTRY]?: Map<string, Registered> };

/**
 * The registry. A process has one, even if it loads several copies of this package. The copy that a
 * module imports may differ from the copy that its program imports.
 */
host[REGISTRY] ??= new Map();
const registered = host[REGISTRY];

/** A name is also part of the names of folders and of lists in flags. */
const NAME = /^[a-z0-9][\w.-]*$/i;

/** Strided convolutions, and every pooling. */
const RESERVED: readonly string[] = ['conv', 'all'];

/**
 * Registers a pooling by name for every model and benchmark. The factory gets the initial strides,
 * one stride for each axis, and the rest of the configuration. It returns a new `tf.layers` layer
 * for images of each of its `ranks`, from `[N, H, W, C]` to `[N, h, w, C]` by default.
 * `PoolingLayer` lists the optional members of such a layer. The traits set its position in models.
 *
 * @throws ConfigError if the name is taken, or has other characters than ASCII letters, digits and
 *   `. _ -`, or begins with none of the first two, if it is `'conv'`, which means strided
 *   convolutions, or `'all'`, if the factory is not a function, or if a trait is unknown.
 */
export function registerPooling<Name extends PoolingName, R extends SpatialRank = 2>(
  name: Name,
  factory: PoolingFactory<Name, R>,
  traits: PoolingTraits<R> = {},
): void {
  if (typeof name !== 'string' || !NAME.test(name) || RESERVED.includes(name)) {
    throw new ConfigError(
      'registerPooling: name must be letters, digits and . _ - from a letter or a digit on, other ' +
        `than ${RESERVED.map((one) => `'${one}'`).join(' and ')}, got ${describe(name)}`,
    );
  }
  requireFunction('registerPooling', 'factory', factory);
  requireOptions('registerPooling', 'traits', traits, {
    placement: oneOf('convolution', 'activation'),
    absentAtStrideOne: requireBoolean,
    padsBorders: requireBoolean,
    ranks: (op, option, ranks) => {
      requireList(op, option, ranks);
      for (const rank of ranks as unknown[]) checkRank(op, option, rank);
    },
  });
  if (registered.has(name)) {
    throw new ConfigError(`registerPooling: name must be new, got '${name}', which is registered`);
  }
  const { placement = 'convolution', absentAtStrideOne = false, padsBorders = false } = traits;
  const ranks: readonly SpatialRank[] = [...(traits.ranks ?? [2])];
  registered.set(name, { factory, traits: { placement, absentAtStrideOne, padsBorders, ranks } });
}

/**
 * Makes a layer of a registered pooling: `poolingLayer('diffstride', { strides: [2, 2] })`. The
 * `rank` is the number of spatial axes, by default 2. It is also the number of strides:
 * `poolingLayer('spectral', { rank: 1, strides: [2] })`.
 *
 * @throws ConfigError if the name is not registered, the pooling lacks the rank, or the
 *   configuration does not suit the pooling; Error that names the pooling if its factory fails.
 */
export function poolingLayer<Name extends PoolingName>(
  name: Name,
  config:
    | (GivenConfig<Name, 2> & { rank?: 2 })
    | (Name extends OfImages
        ? never
        : (GivenConfig<Name, 1> & { rank: 1 }) | (GivenConfig<Name, 3> & { rank: 3 })),
): PoolingLayer {
  const { factory, traits } = lookUp('poolingLayer', name);
  requireObject('poolingLayer', 'config', config);
  const { rank: chosen, ...rest } = config as { rank?: SpatialRank; strides: unknown };
  const rank = chosen ?? 2;
  checkRank('poolingLayer', 'rank', rank);
  if (!traits.ranks.includes(rank)) {
    throw new ConfigError(
      `poolingLayer: rank must be one that '${name}' has (${traits.ranks.join(', ')}), got ${rank}`,
    );
  }
  if (traits.ranks.every((one) => one === 2)) return made(name, () => factory(rest as never));
  if (chosen !== undefined) requireStrideCount('poolingLayer', rest.strides, rank);
  return made(name, () => factory({ ...rest, rank } as never));
}

/**
 * The layer that a factory returns. JavaScript lets it return anything. Errors of the checks name
 * the pooling already; any other error may come from anywhere in the factory.
 */
function made(name: string, make: () => PoolingLayer): PoolingLayer {
  let layer: PoolingLayer;
  try {
    layer = make();
  } catch (error) {
    const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
    if (kind === 'ConfigError') throw error;
    throw new Error(`poolingLayer: the factory of '${name}' failed: ${message}`, { cause: error });
  }
  if (!isLayer(layer)) {
    refuse('poolingLayer', `the factory of '${name}'`, 'return a layer of tf.layers', layer);
  }
  return layer;
}

/**
 * Returns the traits of a registered pooling.
 *
 * @throws ConfigError if the name is not registered.
 */
export function poolingTraits(name: PoolingName): Required<PoolingTraits> {
  const { traits } = lookUp('poolingTraits', name);
  return { ...traits, ranks: [...traits.ranks] };
}

function lookUp(op: string, name: string): Registered {
  const found = registered.get(name);
  if (!found) {
    throw new ConfigError(
      `${op}: name must be one of ${poolingNames().join(', ')}, got ${describe(name)}`,
    );
  }
  return found;
}

/** The registered names, in the order of registration. */
export function poolingNames(): string[] {
  return [...registered.keys()];
}

/** Registers a pooling of this package, unless another copy of the package did so before. */
function provide<Name extends keyof PoolingConfigs, R extends SpatialRank = 2>(
  name: Name,
  factory: PoolingFactory<Name, R>,
  traits: PoolingTraits<R> = {},
): void {
  if (!registered.has(name)) registerPooling(name, factory, traits);
}

const antiAliasing: PoolingTraits<2> = { placement: 'activation', absentAtStrideOne: true };
const reducing: PoolingTraits<2> = { absentAtStrideOne: true };
const ANY_RANK = [1, 2, 3] as const;
const blurring: PoolingTraits = { ...antiAliasing, padsBorders: true, ranks: ANY_RANK };
/** The filter of plain subsampling. */
const ONE_TAP = { filter: 'binomial', filterSize: 1 } as const;

provide('diffstride', ofRank(DiffStride1D, DiffStride, DiffStride3D), { ranks: ANY_RANK });
provide('spectral', ofRank(SpectralPool1D, SpectralPool, SpectralPool3D), { ranks: ANY_RANK });
provide('blur', ofRank(BlurPool1D, BlurPool, BlurPool3D), blurring);
provide('max-blur', ofRank(MaxBlurPool1D, MaxBlurPool, MaxBlurPool3D), blurring);
provide('avg-blur', ofRank(AvgBlurPool1D, AvgBlurPool, AvgBlurPool3D), blurring);
provide('fractional-max', fractionalMax, { absentAtStrideOne: true, ranks: ANY_RANK });
provide('fractional-avg', fractionalAvg, { absentAtStrideOne: true, ranks: ANY_RANK });
provide('average', averageOverWindows, { absentAtStrideOne: true, ranks: ANY_RANK });
provide('max', maxOverWindows, { absentAtStrideOne: true, ranks: ANY_RANK });
provide('subsample', subsampling, { absentAtStrideOne: true, ranks: ANY_RANK });
provide('flc', ofRank(FlcPool1D, FlcPool, FlcPool3D), { absentAtStrideOne: true, ranks: ANY_RANK });
provide('asap', (config) => new AsapPool(config), reducing);
provide('aps', ofRank(ApsPool1D, ApsPool, ApsPool3D), { ...antiAliasing, ranks: ANY_RANK });
provide('lps', (config) => new LpsPool(config), antiAliasing);
provide('tips', (config) => new TipsPool(config), antiAliasing);
provide('dct', (config) => new DctPool(config), reducing);
provide('dct-diffstride', (config) => new DctDiffStride(config));

/** A layer class of one rank. */
type PoolingClass = new (config: never) => layers.Layer;

/** Makes the layer of the rank in the configuration. */
function ofRank(one: PoolingClass, two: PoolingClass, three: PoolingClass) {
  const classes = { 1: one, 2: two, 3: three };
  return ({ rank, ...config }: { rank: SpatialRank }): layers.Layer =>
    new classes[rank](config as never);
}

function subsampling(config: RankedPoolingConfig<'subsample'>): layers.Layer {
  refuseGiven('subsample', config, ['filter', 'filterSize', 'attenuation']);
  return ofRank(BlurPool1D, BlurPool, BlurPool3D)({ ...config, ...ONE_TAP });
}

function fractionalMax(config: RankedPoolingConfig<'fractional-max'>): layers.Layer {
  const ratio = asRatio('fractional-max', config);
  return ofRank(FractionalMaxPool1D, FractionalMaxPool, FractionalMaxPool3D)(ratio);
}

function fractionalAvg(config: RankedPoolingConfig<'fractional-avg'>): layers.Layer {
  const ratio = asRatio('fractional-avg', config);
  return ofRank(FractionalAvgPool1D, FractionalAvgPool, FractionalAvgPool3D)(ratio);
}

/** Refuses options that the registered name itself sets. */
function refuseGiven(op: string, config: object, names: string[]): void {
  for (const name of names) {
    const given = (config as Record<string, unknown>)[name];
    if (given !== undefined) refuse(op, name, 'be left out, since the pooling decides it', given);
  }
}

/** The configuration of fractional pooling, with the strides as its ratio. */
function asRatio(
  op: string,
  { strides, ...rest }: RankedPoolingConfig<'fractional-max' | 'fractional-avg'>,
) {
  refuseGiven(op, rest, ['ratio', 'outputSize']);
  return { ...rest, ratio: requireStrides(op, strides, rest.rank) };
}

/** The layers of tfjs for windows, by the number of spatial axes. */
const AVERAGE = [layers.averagePooling1d, layers.averagePooling2d, layers.averagePooling3d];
const MAX = [layers.maxPooling1d, layers.maxPooling2d, layers.maxPooling3d];

function averageOverWindows(config: RankedPoolingConfig<'average'>): layers.Layer {
  return windowLayer(AVERAGE[config.rank - 1]!, asWindow('average', config));
}

function maxOverWindows(config: RankedPoolingConfig<'max'>): layers.Layer {
  return windowLayer(MAX[config.rank - 1]!, asWindow('max', config));
}

/** tfjs types the windows of each rank on their own. */
function windowLayer(make: (args: never) => layers.Layer, args: object): layers.Layer {
  return make(args as never);
}

/** The option checks of tfjs's own pooling. Those of one axis have no data format. */
const WINDOW = { strides: () => {}, padding: oneOf('same', 'valid') };

/** The configuration of tfjs's own pooling, with windows as large as the strides. */
function asWindow(op: string, { rank, ...config }: RankedPoolingConfig<'average' | 'max'>) {
  requireConfig<Record<string, unknown>>(op, config, {
    ...WINDOW,
    ...(rank > 1 && { dataFormat: checkDataFormat }),
  });
  const { strides, seed: _seed, ...rest } = config;
  const window = integerStrides(op, strides, rank);
  return { padding: 'same' as const, ...rest, poolSize: window, strides: window };
}
