import {
  ConfigError,
  describe,
  oneOf,
  requireBoolean,
  requireFunction,
  requireObject,
  requireOptions,
} from '@ds/checks';
import { layers } from '@tensorflow/tfjs-layers';
import { ApsPool, type ApsPoolConfig } from './aps-pool-layer.js';
import { AsapPool, type AsapPoolConfig } from './asap-pool-layer.js';
import { BLUR_CHECKS, integerStrides } from './blur-pool.js';
import {
  AvgBlurPool,
  BlurPool,
  type BlurPoolConfig,
  type DenseBlurPoolConfig,
  MaxBlurPool,
} from './blur-pool-layer.js';
import { checkDataFormat } from './data-format.js';
import { DiffStride, type DiffStrideConfig } from './diff-stride-layer.js';
import { FlcPool, type FlcPoolConfig } from './flc-pool-layer.js';
import {
  FractionalAvgPool,
  FractionalMaxPool,
  type FractionalPoolConfig,
} from './fractional-pool-layer.js';
import { requireConfig } from './layer-input.js';
import { LpsPool, type LpsPoolConfig } from './lps-pool-layer.js';
import { SpectralPool, type SpectralPoolConfig } from './spectral-pool-layer.js';
import { requireStrides } from './stride-values.js';

/**
 * What a pooling is made from: its initial strides, and whatever else it takes. Models with a seed give
 * each of their poolings a `seed` too.
 */
export type PoolingConfig = { strides: [number, number] } & Record<string, unknown>;

/** Makes the pooling layer of a configuration. */
export type PoolingFactory = (config: PoolingConfig) => layers.Layer;

/** How models use a pooling. */
export interface PoolingTraits {
  /**
   * Where it stands: right behind the `'convolution'` that would stride (default), or behind that
   * convolution's batch norm and `'activation'`, as anti-aliasing blurs do.
   */
  placement?: 'convolution' | 'activation';
  /** Left out where the stride is 1: nothing is to be reduced there. Default false. */
  absentAtStrideOne?: boolean;
}

const registered = new Map<string, { factory: PoolingFactory; traits: Required<PoolingTraits> }>();

/**
 * Makes a pooling available by name to every model and benchmark: one call adds a row to every
 * table. The factory gets the initial strides [S_h, S_w] and the rest of the pooling's
 * configuration, and returns a fresh `tf.layers` layer from `[N, H, W, C]` to `[N, h, w, C]`. The traits
 * say how models place it.
 *
 * @throws ConfigError if the name is empty, taken, or `'conv'`, which stands for strided convolutions, or if a
 *   placement is unknown.
 */
export function registerPooling(
  name: string,
  factory: PoolingFactory,
  traits: PoolingTraits = {},
): void {
  if (typeof name !== 'string' || name === '' || name === 'conv') {
    throw new ConfigError(
      `registerPooling: name must be a non-empty string other than 'conv', got ${JSON.stringify(name)}`,
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
 * A new layer of a registered pooling.
 *
 * @throws ConfigError if the name is not registered, or the configuration does not suit the pooling.
 */
export function createPooling(name: string, config: PoolingConfig): layers.Layer {
  const { factory } = lookUp('createPooling', name);
  requireObject('createPooling', 'config', config);
  return factory(config);
}

/**
 * How models use a registered pooling.
 *
 * @throws ConfigError if the name is not registered.
 */
export function poolingTraits(name: string): Required<PoolingTraits> {
  return { ...lookUp('poolingTraits', name).traits };
}

function lookUp(op: string, name: string) {
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

const antiAliasing: PoolingTraits = { placement: 'activation', absentAtStrideOne: true };
const reducing: PoolingTraits = { absentAtStrideOne: true };

registerPooling('diffstride', (config) => new DiffStride(config as DiffStrideConfig));
registerPooling('spectral', (config) => new SpectralPool(config as SpectralPoolConfig));
registerPooling('blur', (config) => new BlurPool(config as BlurPoolConfig), antiAliasing);
registerPooling(
  'max-blur',
  (config) => new MaxBlurPool(config as DenseBlurPoolConfig),
  antiAliasing,
);
registerPooling(
  'avg-blur',
  (config) => new AvgBlurPool(config as DenseBlurPoolConfig),
  antiAliasing,
);
registerPooling('fractional-max', (config) => new FractionalMaxPool(asRatio(config)), reducing);
registerPooling('fractional-avg', (config) => new FractionalAvgPool(asRatio(config)), reducing);
registerPooling(
  'average',
  (config) => layers.averagePooling2d(asWindow('average', config)),
  reducing,
);
registerPooling('max', (config) => layers.maxPooling2d(asWindow('max', config)), reducing);
registerPooling(
  'subsample',
  (config) => new BlurPool({ ...config, filterSize: 1 } as BlurPoolConfig),
  reducing,
);
registerPooling('flc', (config) => new FlcPool(config as FlcPoolConfig), reducing);
registerPooling('asap', (config) => new AsapPool(config as AsapPoolConfig), reducing);
registerPooling('aps', (config) => new ApsPool(config as ApsPoolConfig), antiAliasing);
registerPooling('lps', (config) => new LpsPool(config as LpsPoolConfig), antiAliasing);

/** Fractional pooling shrinks by its strides, whatever they are. */
function asRatio({ strides, ...rest }: PoolingConfig): FractionalPoolConfig {
  return { ...rest, ratio: requireStrides('fractional pooling', strides) } as FractionalPoolConfig;
}

/** The checks of tfjs's own pooling. */
const WINDOW = {
  strides: BLUR_CHECKS.strides,
  padding: oneOf('same', 'valid'),
  dataFormat: checkDataFormat,
};

/** tfjs's own pooling over windows of the strides' size. */
function asWindow(op: string, config: PoolingConfig) {
  requireConfig<Record<'strides' | 'padding' | 'dataFormat', unknown>>(op, config as never, WINDOW);
  const { strides, seed: _seed, ...rest } = config;
  const window = integerStrides(op, strides);
  return { padding: 'same' as const, ...rest, poolSize: window, strides: window };
}
