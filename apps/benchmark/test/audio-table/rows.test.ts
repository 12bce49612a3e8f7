import { expect, it } from 'vitest';
import { audioRows, rowLabel } from '../../src/audio-table/rows.js';
import { testedOn } from './tested-on.js';

it('each tested value has a row, and all of them have one', () => {
  const results = [
    testedOn('ann', 'max', 0.9),
    testedOn('bob', 'max', 0.5),
    testedOn('bob', 'conv', 0.6),
  ];
  const rows = audioRows(results, {
    experiment: 'audio',
    groups: [['digit']],
    poolings: ['max', 'conv'],
    testEach: { field: 'speaker', values: ['ann', 'bob', 'cat'] },
  });
  const seen = rows.map((row) => [
    rowLabel(row),
    ...row.cells.map(({ pooling, measured }) => [pooling, measured.accuracy]),
  ]);
  // Nothing was tested on cat, and conv not on ann.
  expect(seen).toEqual([
    ['digit, alone: speaker ann', ['max', 0.9]],
    ['digit, alone: speaker bob', ['max', 0.5], ['conv', 0.6]],
    ['digit, alone', ['max', 0.7], ['conv', 0.6]],
  ]);
});
