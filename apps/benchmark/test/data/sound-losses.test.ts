import { expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { balancedWeights, lossesOf } from '../../src/data/sound-losses.js';

it('gives a head with several labels a sigmoid', () => {
  expect(lossesOf([{}, { multiLabel: true }])).toEqual(['crossEntropy', 'binaryCrossEntropy']);
});

it('weighs classes by the inverse of their frequency', () => {
  const clips = [[0], [0, 1], [0], []].map((labels) => ({ labels: [labels] }));
  expect(balancedWeights({ classes: ['a', 'b', 'c'] }, clips, 0)).toEqual([4 / 9, 4 / 3, 1]);
  const single = [0, 0, 0, 1].map((label) => ({ labels: [label] }));
  expect(balancedWeights({ classes: ['a', 'b'] }, single, 0)).toEqual([2 / 3, 2]);
});

it('needs a table, and one replica', () => {
  const sounds = { layout: 'folder' as const, sampleRate: 8000, seconds: 1, bands: 16 };
  const make = (more: object) =>
    makeConfig({ dataset: 'sounds', sounds: { ...sounds, labelSeparator: ';' }, ...more });
  expect(() => make({})).toThrow(
    'sounds.labelSeparator (--label-separator) must come with layout table, got layout',
  );
  const table = {
    ...sounds,
    layout: 'table',
    table: 'a.csv',
    tasks: ['heard'],
    labelSeparator: ';',
  };
  expect(() => make({ sounds: table, replicas: 2 })).toThrow(
    'replicas must be 1 for several labels',
  );
  expect(make({ sounds: table, preset: 'full' }).replicas).toBe(1);
});
