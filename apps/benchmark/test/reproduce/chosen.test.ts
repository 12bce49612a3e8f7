import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { type Choice, isChosen } from '../../src/reproduce/chosen.js';

const runs = {
  resnet: makeConfig({ preset: 'smoke', pooling: 'conv', strides: [3, 2, 3], seed: 1 }),
  spectral: makeConfig({ preset: 'smoke', pooling: 'spectral', strides: [3, 2, 3], seed: 2 }),
  mobilenet: makeConfig({ preset: 'smoke', model: 'mobilenet-v2', pooling: 'conv', seed: 3 }),
  sounds: makeConfig({
    ...{
      preset: 'smoke',
      dataset: 'sounds',
      sounds: { layout: 'esc50', sampleRate: 8000, seconds: 1, bands: 16 },
    },
    ...{ pooling: 'conv', strides: [2, 3], seed: 4 },
  }),
};

describe('isChosen', () => {
  it.each<[Choice, string[]]>([
    [{}, ['resnet', 'spectral', 'mobilenet', 'sounds']],
    [{ poolings: ['spectral'] }, ['spectral']],
    [{ seeds: [1, 4] }, ['resnet', 'sounds']],
    [{ strides: [3, 2, 3] }, ['resnet', 'spectral']],
    [{ strides: [1, 1, 3, 2, 3], seeds: [2] }, ['spectral']],
    [{ strides: [2, 2, 2, 2] }, ['mobilenet']],
    [{ strides: [2, 3] }, ['sounds']],
    [{ strides: [3] }, []],
  ])('of %j chooses %j', (choice, names) => {
    const chosen = Object.entries(runs).filter(([, config]) => isChosen(config, choice));
    expect(chosen.map(([name]) => name)).toEqual(names);
  });
});
