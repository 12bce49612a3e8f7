import {
  ConfigError,
  describe,
  oneOf,
  requireBoolean,
  requireFunction,
  requireObject,
  requireOptions,
} from '@ds/checks';
import type { PoolingLayer } from '@ds/graph';
import { layers } from '@tensorflow/tfjs-layers';
import { ApsPool, type ApsPoolConfig } from './aps-pool-layer.js';
import { AsapPool, type AsapPoolConfig } from './asap-pool-layer.js';
import { checkIntegerStrides, integerStrides } from './blur-pool.js';
import {
  AvgBlurPool,
  BlurPool,
  type BlurPoolConfig,
  type DenseBlurPoolConfig,
  MaxBlurPool,
} from './blur-pool-layer.js';
import { checkDataFormat, type DataFormat } from './data-format.js';
import { DiffStride, type DiffStrideConfig } from './diff-stride-layer.js';
import { FlcPool, type FlcPoolConfig } from './flc-pool-layer.js';
import {
  FractionalAvgPool,
  FractionalMaxPool,
  type FractionalPoolConfig,
} from './fractional-pool-layer.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { LpsPool, type LpsPoolConfig } from './lps-pool-layer.js';
import { SpectralPool, type SpectralPoolConfig } from './spectral-pool-layer.js';
import { requireStrides } from './stride-values.js';

/** The configuration of `'average'` and `'max'`: tfjs's pooling over windows of the strides' size. */
export interface WindowPoolConfig extends LayerArgs {
  /** Default `'same'`. */
  padding?: 'same' | 'valid';
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * The registered names with their configurations, besides `strides`, `seed` and `name`. A module that
 * registers a pooling adds its own, so that editors and compilers know it:
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
  spectral: SpectralPoolConfig;
  blur: BlurPoolConfig;
  'max-blur': DenseBlurPoolConfig;
  'avg-blur': DenseBlurPoolConfig;
  'fractional-max': Omit<FractionalPoolConfig, 'ratio' | 'outputSize'>;
  'fractional-avg': Omit<FractionalPoolConfig, 'ratio' | 'outputSize'>;
  average: WindowPoolConfig;
  max: WindowPoolConfig;
  subsample: Omit<BlurPoolConfig, 'filterSize'>;
  flc: FlcPoolConfig;
  asap: AsapPoolConfig;
  aps: ApsPoolConfig;
  lps: LpsPoolConfig;
}

/** A name in {@link PoolingConfigs}, or any other that is registered. */
export type PoolingName = keyof PoolingConfigs | (string & {});

/**
 * What a pooling is made from: its initial strides [S_h, S_w], and whatever else it takes. Models
 * give each of their poolings a name, and models with a seed give it a seed.
 */
export type PoolingConfig<Name extends PoolingName = string> = {
  strides: [number, number];
  seed?: number;
  name?: string;
} & (Name extends keyof PoolingConfigs
  ? Omit<PoolingConfigs[Name], 'strides' | 'seed' | 'name'>
  : Record<string, unknown>);

/** Makes the pooling layer of a configuration. */
export type PoolingFactory<Name extends PoolingName = string> = (
  config: PoolingConfig<Name>,
) => layers.Layer;

/** How models use a pooling. */
export interface PoolingTraits {
  /**
   * Where the pooling stands: right behind the `'convolution'` that would stride (default), or
   * behind the batch norm and the `'activation'` of that convolution, as anti-aliasing blurs do.
   */
  placement?: 'convolution' | 'activation';
  /** Whether models leave the pooling out at stride 1, where it reduces nothing. Default false. */
  absentAtStrideOne?: boolean;
}

interface Registered {
  factory: (config: never) => layers.Layer;
  traits: Required<PoolingTraits>;
}

/** Where the process keeps its registry. */
const REGISTRY = Symbol.for('@ds/layers/poolings');
const host = globalThis as { [REGISTRY]?: Map<string, Registered> };

/**
 * The registry. A process has one, even where it loads several copies of this package: a module of
 * one's own may find another copy than the program that imports it.
 */
host[REGISTRY] ??= new Map();
const registered = host[REGISTRY];

/**
 * Makes a pooling available by name to every model and benchmark: one call adds a row to every
 * table. The factory gets the initial strides [S_h, S_w] and the rest of the configuration. It
 * returns a fresh `tf.layers` layer from `[N, H, W, C]` to `[N, h, w, C]`. `PoolingLayer` lists what
 * the layer may tell about itself. The traits say how models place it.
 *
 * @throws ConfigError if the name is empty, taken, or `'conv'`, which stands for strided
 *   convolutions, if the factory is not a function, or if a trait is unknown.
 */
export function registerPooling<Name extends PoolingName>(
  name: Name,
  factory: PoolingFactory<Name>,
  traits: PoolingTraits = {},
): void {
  if (typeof name !== 'string' || (name as string) === '' || name === 'conv') {
    throw new ConfigError(
      "registerPooling: name must be a non-empty string other than 'conv', " +
        `got ${JSON.stringify(name)}`,
    );
  }
  requireFunction('registerPooling', 'factory', factory);
  requireOptions('registerPooling', 'traits', traits, {
    placement: oneOf('convolution', 'activation'),
    absentAtStrideOne: requireBoolean,
  });
  if (registered.has(name)) {
    throw new ConfigError(`registerPooling: name must be new, got '${name}', which is registered`);
  }
  const { placement = 'convolution', absentAtStrideOne = false } = traits;
  registered.set(name, { factory, traits: { placement, absentAtStrideOne } });
}

/**
 * A new layer of a registered pooling: `poolingLayer('diffstride', { strides: [2, 2] })`.
 *
 * @throws ConfigError if the name is not registered, or the configuration does not suit the pooling.
 */
export function poolingLayer<Name extends PoolingName>(
  name: Name,
  config: PoolingConfig<Name>,
): PoolingLayer {
  const { factory } = lookUp('poolingLayer', name);
  requireObject('poolingLayer', 'config', config);
  return factory(config as never);
}

/**
 * How models use a registered pooling.
 *
 * @throws ConfigError if the name is not registered.
 */
export function poolingTraits(name: PoolingName): Required<PoolingTraits> {
  return { ...lookUp('poolingTraits', name).traits };
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

/** Registers a pooling of this package, unless another copy of the package already has. */
function provide<Name extends keyof PoolingConfigs>(
  name: Name,
  factory: PoolingFactory<Name>,
  traits: PoolingTraits = {},
): void {
  if (!registered.has(name)) registerPooling(name, factory, traits);
}

const antiAliasing: PoolingTraits = { placement: 'activation', absentAtStrideOne: true };
const reducing: PoolingTraits = { absentAtStrideOne: true };

provide('diffstride', (config) => new DiffStride(config));
provide('spectral', (config) => new SpectralPool(config));
provide('blur', (config) => new BlurPool(config), antiAliasing);
provide('max-blur', (config) => new MaxBlurPool(config), antiAliasing);
provide('avg-blur', (config) => new AvgBlurPool(config), antiAliasing);
provide('fractional-max', (config) => new FractionalMaxPool(asRatio(config)), reducing);
provide('fractional-avg', (config) => new FractionalAvgPool(asRatio(config)), reducing);
provide('average', (config) => layers.averagePooling2d(asWindow('average', config)), reducing);
provide('max', (config) => layers.maxPooling2d(asWindow('max', config)), reducing);
provide('subsample', (config) => new BlurPool({ ...config, filterSize: 1 }), reducing);
provide('flc', (config) => new FlcPool(config), reducing);
provide('asap', (config) => new AsapPool(config), reducing);
provide('aps', (config) => new ApsPool(config), antiAliasing);
provide('lps', (config) => new LpsPool(config), antiAliasing);

/** Fractional pooling shrinks by its strides, whatever they are. */
function asRatio({
  strides,
  ...rest
}: PoolingConfig<'fractional-max' | 'fractional-avg'>): FractionalPoolConfig {
  return { ...rest, ratio: requireStrides('fractional pooling', strides) };
}

/** The checks of tfjs's own pooling. */
const WINDOW = {
  strides: checkIntegerStrides,
  padding: oneOf('same', 'valid'),
  dataFormat: checkDataFormat,
};

/** tfjs's own pooling over windows of the strides' size. */
function asWindow(op: string, config: PoolingConfig<'average' | 'max'>) {
  requireConfig<{ [Name in keyof typeof WINDOW]?: unknown }>(op, config, WINDOW);
  const { strides, seed: _seed, ...rest } = config;
  const window = integerStrides(op, strides);
  return { padding: 'same' as const, ...rest, poolSize: window, strides: window };
}
