import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { labelsOf } from '../../src/experiments/progress.js';
import { initialStrides } from '../../src/network/initial-strides.js';

describe('initialStrides', () => {
  const sounds = { layout: 'folder', sampleRate: 8000, seconds: 1, bands: 16 } as const;

  it('are those of stages 2 to 4 of a ResNet, and of every block of an audio network', () => {
    expect(initialStrides(makeConfig({ preset: 'smoke' }))).toEqual([3, 2, 3]);
    const audio = makeConfig({ preset: 'smoke', dataset: 'sounds', sounds });
    expect(initialStrides(audio)).toEqual([2, 2, 2, 2]);
    const deep = { preset: 'smoke', dataset: 'sounds', sounds, strides: [1, 2, 3, 2, 1] } as const;
    expect(initialStrides(makeConfig({ ...deep, strides: [...deep.strides] }))).toHaveLength(5);
  });

  it('name runs that differ in them', () => {
    const config = makeConfig({ preset: 'smoke', dataset: 'sounds', sounds });
    const labels = labelsOf([config, { ...config, strides: [1, 2, 2, 2] }]);
    expect(labels[1]).toContain('from 1, 2, 2, 2');
  });
});
