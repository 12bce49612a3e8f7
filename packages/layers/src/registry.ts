import { layers } from '@tensorflow/tfjs-layers';
import { ApsPool, type ApsPoolConfig } from './aps-pool-layer.js';
import { integerStrides } from './blur-pool.js';
import {
  AvgBlurPool,
  BlurPool,
  type BlurPoolConfig,
  type DenseBlurPoolConfig,
  MaxBlurPool,
} from './blur-pool-layer.js';
import { DiffStride, type DiffStrideConfig } from './diff-stride-layer.js';
import { FlcPool, type FlcPoolConfig } from './flc-pool-layer.js';
import {
  FractionalAvgPool,
  FractionalMaxPool,
  type FractionalPoolConfig,
} from './fractional-pool-layer.js';
import { SpectralPool, type SpectralPoolConfig } from './spectral-pool-layer.js';
import { requireStrides } from './stride-values.js';

/** What a pooling is made from: its initial strides, and whatever else it takes. */
export type PoolingConfig = { strides: [number, number] } & Record<string, unknown>;

/** Makes the pooling layer of a configuration. */
export type PoolingFactory = (config: PoolingConfig) => layers.Layer;

const factories = new Map<string, PoolingFactory>();

/**
 * Makes a pooling available by name to every model and benchmark: one call adds a row to every
 * table. The factory gets the initial strides [S_h, S_w] and the rest of the pooling's
 * configuration, and returns a fresh `tf.layers` layer from `[N, H, W, C]` to `[N, h, w, C]`.
 *
 * @throws Error if the name is empty, taken, or `'conv'`, which stands for strided convolutions.
 */
export function registerPooling(name: string, factory: PoolingFactory): void {
  if (typeof name !== 'string' || name === '' || name === 'conv') {
    throw new Error(
      `registerPooling: name must be a non-empty string other than 'conv', got ${JSON.stringify(name)}`,
    );
  }
  if (factories.has(name)) {
    throw new Error(`registerPooling: name must be new, got '${name}', which is registered`);
  }
  factories.set(name, factory);
}

/**
 * A new layer of a registered pooling.
 *
 * @throws Error if the name is not registered, or the configuration does not suit the pooling.
 */
export function createPooling(name: string, config: PoolingConfig): layers.Layer {
  const factory = factories.get(name);
  if (!factory) {
    throw new Error(
      `createPooling: name must be one of ${poolingNames().join(', ')}, got ${JSON.stringify(name)}`,
    );
  }
  return factory(config);
}

/** The registered names, in the order of registration. */
export function poolingNames(): string[] {
  return [...factories.keys()];
}

registerPooling('diffstride', (config) => new DiffStride(config as DiffStrideConfig));
registerPooling('spectral', (config) => new SpectralPool(config as SpectralPoolConfig));
registerPooling('blur', (config) => new BlurPool(config as BlurPoolConfig));
registerPooling('max-blur', (config) => new MaxBlurPool(config as DenseBlurPoolConfig));
registerPooling('avg-blur', (config) => new AvgBlurPool(config as DenseBlurPoolConfig));
registerPooling('fractional-max', (config) => new FractionalMaxPool(asRatio(config)));
registerPooling('fractional-avg', (config) => new FractionalAvgPool(asRatio(config)));
registerPooling('flc', (config) => new FlcPool(config as FlcPoolConfig));
registerPooling('aps', (config) => new ApsPool(config as ApsPoolConfig));
registerPooling('max', (config) => layers.maxPooling2d(asWindow('max', config)));
registerPooling('average', (config) => layers.averagePooling2d(asWindow('average', config)));
registerPooling(
  'subsample',
  (config) => new BlurPool({ ...config, filterSize: 1 } as BlurPoolConfig),
);

/** Fractional pooling shrinks by its strides, whatever they are. */
function asRatio({ strides, ...rest }: PoolingConfig): FractionalPoolConfig {
  return { ...rest, ratio: requireStrides('fractional pooling', strides) } as FractionalPoolConfig;
}

/** tfjs's own pooling over windows of the strides' size. */
function asWindow(op: string, { strides, ...rest }: PoolingConfig) {
  const window = integerStrides(op, strides);
  return { padding: 'same' as const, ...rest, poolSize: window, strides: window };
}
