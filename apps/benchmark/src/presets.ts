import type { RunConfig } from './run-config.js';

/** The part of a configuration that a preset decides; pooling, strides and seed come on top. */
export interface Preset {
  description: string;
  /** Whether it follows the paper's recipe; anything else is called a quick run in reports. */
  isPaperProtocol: boolean;
  seeds: number;
  /** What poolings get besides their strides, by name. */
  poolingConfigs: Record<string, Record<string, unknown>>;
  run: Omit<RunConfig, 'pooling' | 'poolingConfig' | 'strides' | 'seed'>;
}

const quick: Preset['run'] = {
  width: 8,
  trainImages: 10_000,
  testImages: 2_000,
  epochs: 3,
  batchSize: 64,
  optimizer: { name: 'sgd', momentum: 0.9 },
  schedule: { name: 'cosine', peak: 0.05 },
  strideLearningRateScale: 5,
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
 * Mean-preserving spectra. From He-normal weights and in a few epochs the paper's unitary scale trains
 * markedly worse, perhaps since it enlarges smooth shortcuts over the branches they are added to
 * (spectral pooling, width 8, preset quick, seed 1: 43.0 % with 'ortho', 56.6 % with 'forward').
 */
const quickPoolings: Preset['poolingConfigs'] = {
  spectral: { norm: 'forward' },
  diffstride: { norm: 'forward', smoothness: 1 },
};

/** The presets of `train` and `compare`. */
export const PRESETS: Record<string, Preset> = {
  smoke: {
    description: 'a few steps, to see that everything works',
    isPaperProtocol: false,
    seeds: 1,
    poolingConfigs: quickPoolings,
    run: { ...quick, width: 4, trainImages: 192, testImages: 100, epochs: 1 },
  },
  quick: {
    description: 'minutes on two cores: a small network on a fifth of CIFAR-10 for three epochs',
    isPaperProtocol: false,
    seeds: 2,
    poolingConfigs: quickPoolings,
    run: quick,
  },
  full: {
    description: 'the published CIFAR recipe: all images, width 64, 400 epochs (days on a CPU)',
    isPaperProtocol: true,
    seeds: 3,
    poolingConfigs: { diffstride: { smoothness: 4 } },
    run: {
      width: 64,
      trainImages: 50_000,
      testImages: 10_000,
      epochs: 400,
      batchSize: 128,
      optimizer: { name: 'sgd', momentum: 0.9 },
      schedule: {
        name: 'piecewise',
        boundaries: [400, 18_000, 32_000],
        rates: [0.01, 0.1, 0.01, 0.001],
      },
      strideLearningRateScale: 1,
      weightDecay: 5e-4,
      labelSmoothing: 0.2,
      mixup: 0.2,
      padding: 2,
      flip: true,
      lambda: 0,
      finalTemperature: 0.1,
      replicas: 1,
      backend: 'auto',
    },
  },
};
