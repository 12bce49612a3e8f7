import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/config/presets.js';
import { parseRunConfig } from '../../src/config/run-config.js';

const base = { ...PRESETS.quick!.run, pooling: 'conv', strides: [1, 1, 3, 1, 3], seed: 1 };

describe('parseRunConfig', () => {
  it.each(Object.keys(PRESETS))('takes the preset %s', (name) => {
    const config = parseRunConfig({ ...base, ...PRESETS[name]!.run });
    expect(config).toMatchObject(PRESETS[name]!.run);
  });

  it.each([
    [{ pooling: 'maximal' }, 'got "maximal"'],
    [{ strides: [3, 1, 3] }, 'strides'],
    [{ strides: [1, 1, 0.5, 2, 2] }, 'strides[2]'],
    [{ width: 0 }, 'width'],
    [{ trainImages: 0 }, 'trainImages'],
    [{ trainImages: 'most' }, 'trainImages'],
    [{ dataset: 'svhn' }, 'dataset'],
    [{ dataset: 'imagefolder', padding: 2 }, 'padding must be 0 for an imagefolder'],
    [
      { imageSize: 64 },
      'imageSize must not be given for cifar10, which is not resized; leave it out',
    ],
    [{ randomResizedCrop: true }, 'randomResizedCrop must be false for cifar10'],
    [{ labelSmoothing: 1 }, 'labelSmoothing'],
    [{ optimizer: { name: 'lion' } }, 'optimizer'],
    // A backend of browsers.
    [{ backend: 'webgl' }, 'backend'],
    [{ colour: 'red' }, 'colour'],
  ])('%j is an error that names the field', (change, message) => {
    expect(() => parseRunConfig({ ...base, ...change })).toThrow(message);
  });

  it('has the size of images only where the dataset resizes them', () => {
    expect(parseRunConfig(base)).not.toHaveProperty('imageSize');
    expect(parseRunConfig({ ...base, border: 'zero' })).toEqual(parseRunConfig(base));
    expect(parseRunConfig({ ...base, border: 'circular' }).border).toBe('circular');
    expect(parseRunConfig({ ...base, dataset: 'imagefolder' })).toMatchObject({ imageSize: 224 });
  });

  it('takes a file of an earlier version, which has a size for every dataset', () => {
    expect(parseRunConfig({ ...base, imageSize: 224 })).toEqual(parseRunConfig(base));
  });

  const sounds = { layout: 'folder', sampleRate: 8000, seconds: 1, bands: 16 };
  const ofSounds = { ...base, dataset: 'sounds', strides: [2, 2], flip: false };
  const table = { ...sounds, layout: 'table', table: 'a.csv', tasks: ['word'] };
  const pattern = {
    ...{ ...sounds, layout: 'pattern', pattern: '{word}_{speaker}.wav', tasks: ['word'] },
    test: { speaker: ['ann'] },
  };

  it.each([
    [{ ...table, test: { speaker: ['ann'] } }, 'test', 'pattern', '{"speaker":["ann"]}'],
    [{ ...sounds, test: { speaker: ['ann'] } }, 'test', 'pattern', '{"speaker":["ann"]}'],
    [{ ...sounds, layout: 'esc50', test: {} }, 'test', 'pattern', '{}'],
    [{ ...table, pattern: '{word}.wav' }, 'pattern', 'pattern', '"{word}.wav"'],
    [{ ...table, source: 'speaker' }, 'source', 'pattern', '"speaker"'],
    [{ ...pattern, table: 'a.csv' }, 'table', 'table', '"a.csv"'],
    [{ ...sounds, layout: 'nsynth', splitColumn: 'set' }, 'splitColumn', 'table', '"set"'],
    [{ ...pattern, sourceColumn: 'speaker' }, 'sourceColumn', 'table', '"speaker"'],
    [{ ...sounds, labelSeparator: ';' }, 'labelSeparator', 'table', '";"'],
    [{ ...sounds, testFold: 2 }, 'testFold', 'esc50', '2'],
  ])('refuses a field of another layout: %j', (own, field, layout, value) => {
    expect(() => parseRunConfig({ ...ofSounds, sounds: own })).toThrow(
      new RegExp(
        `sounds.${field} \\(--[-\\w ]+\\) must come with layout ${layout}, ` +
          `got layout ${own.layout} with ${value.replace(/[{}[\].]/g, '\\$&')}`,
      ),
    );
  });

  it('takes the split and the sources of a table, and the source of a pattern', () => {
    const split = { splitColumn: 'set', sourceColumn: 'speaker' };
    expect(parseRunConfig({ ...ofSounds, sounds: { ...table, ...split } }).sounds).toMatchObject(
      split,
    );
    const source = { ...pattern, source: 'speaker' };
    expect(parseRunConfig({ ...ofSounds, sounds: source }).sounds).toEqual(source);
    expect(() =>
      parseRunConfig({ ...ofSounds, sounds: { ...pattern, source: 'speeker' } }),
    ).toThrow("must name fields of the pattern (word, speaker), got 'speeker' (speaker?)");
    expect(() => parseRunConfig({ ...ofSounds, sounds: { ...pattern, source: '' } })).toThrow(
      'sounds.source',
    );
  });
});
