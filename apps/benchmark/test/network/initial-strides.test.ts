import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { labelsOf } from '../../src/experiments/progress.js';
import { initialStrides, reducingPlaces } from '../../src/network/initial-strides.js';

describe('initialStrides', () => {
  const sounds = { layout: 'folder', sampleRate: 8000, seconds: 1, bands: 16 } as const;

  it('are those of stages 2 to 4 of a ResNet, and of every block of an audio network', () => {
    expect(initialStrides(makeConfig({ preset: 'smoke' }))).toEqual([3, 2, 3]);
    const audio = makeConfig({ preset: 'smoke', dataset: 'sounds', sounds });
    expect(initialStrides(audio)).toEqual([2, 2, 2, 2]);
    const deep = { preset: 'smoke', dataset: 'sounds', sounds, strides: [1, 2, 3, 2, 1] } as const;
    expect(initialStrides(makeConfig({ ...deep, strides: [...deep.strides] }))).toHaveLength(5);
  });

  it.each([
    [[2, 1, 2, 2, 2], 'cifar', [2, 1, 2, 2, 2]],
    [[1, 2, 2, 2, 2], 'cifar', [1, 2, 2, 2, 2]],
    [[1, 1, 2, 2, 2], 'cifar', [2, 2, 2]],
    [[2, 1, 2, 2, 2], 'imagenet', [2, 2, 2]],
    [[1, 1, 2, 2, 2], 'imagenet', [1, 1, 2, 2, 2]],
  ] as const)('of a ResNet from %j with stem %s are %j', (strides, stem, shown) => {
    const config = makeConfig({ preset: 'smoke', strides: [...strides], stem });
    expect(initialStrides(config)).toEqual(shown);
  });

  it('of a MobileNetV2 have the stem where it is unusual', () => {
    const strides = [2, 1, 2, 2, 2, 1, 2, 1];
    const config = makeConfig({ preset: 'smoke', model: 'mobilenet-v2', strides });
    expect(initialStrides(config)).toEqual(strides);
    expect(initialStrides({ ...config, stem: 'imagenet' })).toEqual([2, 2, 2, 2]);
  });

  it('name runs that differ in the stem', () => {
    const config = makeConfig({ preset: 'smoke', strides: [2, 2, 2] });
    const labels = labelsOf([config, { ...config, strides: [2, 1, 2, 2, 2] }]);
    expect(labels).toEqual([
      'diffstride from 2, 2, 2 (seed 1)',
      'diffstride from 2, 1, 2, 2, 2 (seed 1)',
    ]);
  });

  it('name runs that differ in them', () => {
    const config = makeConfig({ preset: 'smoke', dataset: 'sounds', sounds });
    const labels = labelsOf([config, { ...config, strides: [1, 2, 2, 2] }]);
    expect(labels[1]).toContain('from 1, 2, 2, 2');
  });
});

it('a search varies the stages that reduce, or every block', () => {
  expect(reducingPlaces({ dataset: 'cifar10', strides: [2, 1, 2, 2, 2] })).toEqual([2, 3, 4]);
  const mobile = { dataset: 'cifar10', model: 'mobilenet-v2', strides: [] } as const;
  expect(reducingPlaces({ ...mobile, strides: [1, 1, 2, 2, 2, 2, 2, 1] })).toEqual([2, 3, 4, 6]);
  expect(reducingPlaces({ dataset: 'sounds', strides: [2, 2] })).toEqual([0, 1]);
});
