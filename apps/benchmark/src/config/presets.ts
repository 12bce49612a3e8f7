import type { DatasetName } from '../data/datasets.js';
import type { RunConfig } from './run-config.js';

/** The part of a configuration that a preset sets. Pooling, strides and seed are separate. */
export interface Preset {
  description: string;
  /** The published recipe that the preset follows completely; `null` for a quick run. */
  protocol: string | null;
  seeds: number;
  /** Options of the poolings besides their strides, by name. */
  poolingConfigs: Record<string, Record<string, unknown>>;
  run: Omit<RunConfig, 'pooling' | 'poolingConfig' | 'strides' | 'seed'>;
}

/** The learning rate and the rate of the strides were chosen on 5,000 held-out training images. */
const quick: Preset['run'] = {
  dataset: 'cifar10',
  variant: 'preact',
  stem: 'cifar',
  randomResizedCrop: false,
  width: 8,
  trainImages: 10_000,
  testImages: 2_000,
  epochs: 3,
  batchSize: 64,
  optimizer: { name: 'sgd', momentum: 0.9 },
  schedule: { name: 'cosine', peak: 0.1 },
  strideLearningRateScale: 1,
  weightDecay: 0,
  labelSmoothing: 0,
  mixup: 0,
  padding: 0,
  flip: true,
  lambda: 0,
  finalTemperature: 0.1,
  replicas: 1,
  backend: 'auto',
};

/**
 * The learning rates, weight decay and crop of the published recipe, on all images, with a cosine
 * schedule in place of 400 epochs. The rate of the strides and R were chosen on 5,000 held-out
 * training images.
 */
const medium: Preset['run'] = {
  ...quick,
  trainImages: 'all',
  testImages: 'all',
  epochs: 10,
  weightDecay: 5e-4,
  padding: 2,
};

/**
 * Mean-preserving spectra. From He-normal weights and in a few epochs, the paper's unitary scale
 * trains markedly worse, perhaps since it enlarges smooth shortcuts over the branches they are
 * added to (spectral pooling, width 8, preset quick, seed 1: 43.0 % with 'ortho', 56.6 % with
 * 'forward').
 */
const quickPoolings: Preset['poolingConfigs'] = {
  spectral: { norm: 'forward' },
  diffstride: { norm: 'forward', smoothness: 1 },
  dct: { norm: 'forward' },
  'dct-diffstride': { norm: 'forward', smoothness: 1 },
};

/** The presets of `train` and `compare`. */
export const PRESETS: Record<string, Preset> = {
  smoke: {
    description: 'a few steps, to see that everything works',
    protocol: null,
    seeds: 1,
    poolingConfigs: quickPoolings,
    run: { ...quick, width: 4, trainImages: 192, testImages: 100, epochs: 1 },
  },
  quick: {
    description: 'minutes on two cores: a small network on a fifth of CIFAR-10 for three epochs',
    protocol: null,
    seeds: 2,
    poolingConfigs: quickPoolings,
    run: quick,
  },
  medium: {
    description:
      'ten minutes to an hour per run on one core: ' +
      'a small network on all of CIFAR-10 for ten epochs',
    protocol: null,
    seeds: 1,
    poolingConfigs: quickPoolings,
    run: medium,
  },
  full: {
    description:
      'the published CIFAR recipe: all images, width 64, 400 epochs ' +
      '(days to weeks per run on two cores)',
    protocol: 'the published recipe for CIFAR',
    seeds: 3,
    poolingConfigs: { diffstride: { smoothness: 4 } },
    run: {
      ...quick,
      // Each replica gets 32 images. A step on 64 takes half of the memory of wasm (4 GB).
      replicas: 4,
      width: 64,
      trainImages: 'all',
      testImages: 'all',
      epochs: 400,
      batchSize: 128,
      optimizer: { name: 'sgd', momentum: 0.9 },
      schedule: {
        name: 'piecewise',
        boundaries: [400, 18_000, 32_000],
        rates: [0.01, 0.1, 0.01, 0.001],
      },
      weightDecay: 5e-4,
      labelSmoothing: 0.2,
      mixup: 0.2,
      padding: 2,
    },
  },
};

/** Changes to each preset for a tree of image files. */
const imageFolder: Record<string, Partial<Preset>> = {
  smoke: {
    run: { ...quick, ...folderRun(32), width: 4, trainImages: 16, testImages: 16, epochs: 1 },
  },
  quick: {
    description: 'a small network on 64×64 pixels of up to 4,000 images for three epochs',
    run: { ...quick, ...folderRun(64), trainImages: 4_000, testImages: 1_000 },
  },
  medium: {
    description: 'a small network on 64×64 pixels of all images for ten epochs',
    run: { ...medium, ...folderRun(64) },
  },
  full: {
    description: 'ImageNet’s usual recipe (He et al. 2016): 224×224, width 64, 90 epochs',
    protocol:
      'ImageNet’s usual recipe (He et al. 2016), which need not be the paper’s in every detail',
    run: {
      ...PRESETS.full!.run,
      ...folderRun(224),
      variant: 'original',
      epochs: 90,
      batchSize: 256,
      schedule: {
        name: 'piecewise',
        boundaries: [150_000, 300_000],
        rates: [0.1, 0.01, 0.001],
      },
      weightDecay: 1e-4,
      labelSmoothing: 0,
      mixup: 0,
    },
  },
};

function folderRun(imageSize: number) {
  return {
    dataset: 'imagefolder',
    imageSize,
    stem: 'imagenet',
    padding: 0,
    randomResizedCrop: true,
  } as const;
}

/** The defaults of the schema of sounds. Help needs the presets, and loads no schema. */
const SOUNDS = { layout: 'folder', sampleRate: 16_000, seconds: 1, bands: 64 } as const;

const soundRun: Partial<Preset['run']> = {
  dataset: 'sounds',
  sounds: SOUNDS,
  flip: false,
  weightDecay: 5e-4,
  schedule: { name: 'cosine', peak: 0.03 },
  trainImages: 'all',
  testImages: 'all',
  batchSize: 32,
};

/** Changes to each preset for a folder of sounds. */
const sounds: Record<string, Partial<Preset>> = {
  smoke: {
    run: { ...quick, ...soundRun, width: 4, trainImages: 64, testImages: 32, epochs: 1 },
  },
  quick: {
    description: 'a small network on every sound for some epochs',
    run: { ...quick, ...soundRun, width: 8, epochs: 12 },
  },
  medium: {
    description: 'a network of twice the width on every sound for three times the epochs',
    run: { ...quick, ...soundRun, width: 16, epochs: 36 },
  },
  full: {
    description: 'blocks as wide as the audio experiments’, 100 epochs',
    protocol: null,
    run: { ...quick, ...soundRun, width: 64, epochs: 100, batchSize: 64, replicas: 2 },
  },
};

/** The preset for a dataset. Only trees of image files change the stem and the crop. */
export function presetOf(name: string, dataset: DatasetName = 'cifar10'): Preset {
  const preset = PRESETS[name];
  if (!preset) {
    throw new Error(`preset must be one of ${Object.keys(PRESETS).join(', ')}, got '${name}'`);
  }
  if (dataset === 'imagefolder') return { ...preset, ...imageFolder[name] };
  if (dataset === 'sounds') return { ...preset, ...sounds[name] };
  // A mirrored digit is another digit, or none.
  const flip = preset.run.flip && dataset !== 'mnist';
  return { ...preset, run: { ...preset.run, dataset, flip } };
}
