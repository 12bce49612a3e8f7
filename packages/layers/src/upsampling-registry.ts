import {
  ConfigError,
  describe,
  refuse,
  requireNumbers,
  requireObject,
  requireSize,
  requireString,
} from '@ds/checks';
import type { PoolingLayer } from '@ds/graph';
import { layers } from '@tensorflow/tfjs-layers';
import { BlurUpsample, type BlurUpsampleConfig } from './blur-upsample-layer.js';
import { FractionalUnpool, type FractionalUnpoolConfig } from './fractional-unpool-layer.js';
import type { Interpolation } from './interpolated-upsample.js';
import {
  InterpolatedUpsample,
  type InterpolatedUpsampleConfig,
} from './interpolated-upsample-layer.js';
import { PolyphaseUpsample, type PolyphaseUpsampleConfig } from './polyphase-upsample-layer.js';
import { SpectralUpsample, type SpectralUpsampleConfig } from './spectral-upsample-layer.js';

/** The configuration of tfjs's transposed convolution. */
export type TransposedConfig = Parameters<typeof layers.conv2dTranspose>[0];

/** The names of upsamplings, with their configurations. */
export interface UpsamplingConfigs {
  spectral: SpectralUpsampleConfig;
  blur: BlurUpsampleConfig;
  fractional: FractionalUnpoolConfig;
  aps: PolyphaseUpsampleConfig;
  lps: PolyphaseUpsampleConfig;
  nearest: Omit<InterpolatedUpsampleConfig, 'interpolation'>;
  bilinear: Omit<InterpolatedUpsampleConfig, 'interpolation'>;
  transposed: TransposedConfig;
}

/** A name in {@link UpsamplingConfigs}. */
export type UpsamplingName = keyof UpsamplingConfigs;

type Factories = {
  [Name in UpsamplingName]: (config: UpsamplingConfigs[Name]) => layers.Layer;
};

const FACTORIES: Factories = {
  spectral: (config) => new SpectralUpsample(config),
  blur: (config) => new BlurUpsample(config),
  fractional: (config) => new FractionalUnpool(config),
  aps: (config) => new PolyphaseUpsample(config),
  lps: (config) => new PolyphaseUpsample(config),
  nearest: (config) => interpolated('nearest', config),
  bilinear: (config) => interpolated('bilinear', config),
  transposed: (config) => {
    const { filters, kernelSize } = config as Partial<TransposedConfig>;
    requireSize('upsamplingLayer', 'filters', filters);
    const sides = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
    requireNumbers('upsamplingLayer', 'kernelSize', sides, 2, requireSize);
    return layers.conv2dTranspose(config);
  },
};

function interpolated(
  interpolation: Interpolation,
  config: Omit<InterpolatedUpsampleConfig, 'interpolation'>,
): layers.Layer {
  const { interpolation: given } = config as InterpolatedUpsampleConfig;
  if (given !== undefined) refuse('upsamplingLayer', 'interpolation', 'not be given', given);
  return new InterpolatedUpsample({ ...config, interpolation });
}

/** The upsampling that reverses a pooling. Other poolings have `'bilinear'`. */
const PARTNERS: Record<string, UpsamplingName> = {
  diffstride: 'spectral',
  spectral: 'spectral',
  flc: 'spectral',
  asap: 'spectral',
  blur: 'blur',
  subsample: 'blur',
  'fractional-max': 'fractional',
  'fractional-avg': 'fractional',
  aps: 'aps',
  lps: 'lps',
  conv: 'transposed',
};

/**
 * Makes an upsampling layer: `upsamplingLayer('spectral', { strides: 2 })`.
 *
 * `'spectral'`, `'blur'`, `'nearest'` and `'bilinear'` take the inputs `[image]` or
 * `[image, reference]`. `'fractional'` needs `[image, reference]`. `'aps'` and `'lps'` take
 * `[image, choice]` or `[image, choice, reference]`. `'transposed'` is tfjs's `Conv2DTranspose` and
 * takes the image.
 *
 * @throws ConfigError if the name is unknown, or the configuration does not suit the upsampling.
 */
export function upsamplingLayer<Name extends UpsamplingName>(
  name: Name,
  config: UpsamplingConfigs[Name],
): PoolingLayer {
  if (!Object.hasOwn(FACTORIES, name)) {
    throw new ConfigError(
      `upsamplingLayer: name must be one of ${upsamplingNames().join(', ')}, got ${describe(name)}`,
    );
  }
  requireObject('upsamplingLayer', 'config', config);
  return FACTORIES[name](config);
}

/** The names of all upsamplings. */
export function upsamplingNames(): UpsamplingName[] {
  return Object.keys(FACTORIES) as UpsamplingName[];
}

/**
 * The upsampling that reverses a pooling of this name: `'spectral'` for `'diffstride'`, and
 * `'transposed'` for `'conv'`. It is `'bilinear'` for poolings without a partner.
 *
 * @throws ConfigError if the name is not a string.
 */
export function partnerUpsampling(pooling: string): UpsamplingName {
  requireString('partnerUpsampling', 'pooling', pooling);
  return Object.hasOwn(PARTNERS, pooling) ? PARTNERS[pooling]! : 'bilinear';
}
