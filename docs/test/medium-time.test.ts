import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { mediumCells } from '../scripts/medium-table.mjs';
import { mediumTime } from '../scripts/medium-time.mjs';

const file = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

it('has the mean over seeds of each network, by initial strides', () => {
  const row = (strides: string, pooling: string, step: number, seed = 1) => ({
    ...{ strides, pooling, seed },
    step: { median: step },
    classify: { median: step / 4 },
  });
  const text = mediumTime({
    ...{ machine: 'a core', date: 'today', command: 'node it', batch: 64, rounds: 3 },
    rows: [
      row('3 2 3', 'conv', 1),
      row('3 2 3', 'conv', 2, 2),
      row('3 2 3', 'diffstride', 4),
      row('3 2 3', 'spectral', 3),
      ...['conv', 'spectral', 'diffstride'].map((pooling) => row('1 3 1', pooling, 8)),
    ],
  });
  expect(text.split('\n').slice(-2)).toEqual([
    '| (1, 3, 1) | 8.00 / 8.00 / 8.00 | 2.00 / 2.00 / 2.00 |',
    '| (3, 2, 3) | 1.50 / 3.00 / 4.00 | 0.38 / 0.75 / 1.00 |',
  ]);
});

it('has times of every network of the table', () => {
  const { rows } = JSON.parse(readFileSync(file('medium-time/stored.json'), 'utf8'));
  for (const { strides, cells } of mediumCells(file('results'))) {
    for (const [at, pooling] of ['conv', 'spectral', 'diffstride'].entries()) {
      const own = rows.filter(
        (row: { strides: string; pooling: string }) =>
          row.strides === strides && row.pooling === pooling,
      );
      expect(own, `${pooling} from ${strides}`).toHaveLength(cells[at]!.runs);
    }
  }
});
