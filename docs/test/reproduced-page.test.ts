import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PRESETS } from '../../apps/benchmark/src/presets.js';
import { leadText, quickVerdict } from '../scripts/reproduced-page.mjs';

interface Cell {
  accuracy: number;
  macs: number;
  bySeed: Record<string, number>;
}

/** The cell of a pooling with these accuracies by seed. */
const cell = (macs: number, accuracies: number[]): Cell => ({
  accuracy: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
  macs,
  bySeed: Object.fromEntries(accuracies.map((accuracy, at) => [at + 1, accuracy])),
});
const cells = (conv: number[], spectral: number[], learned: number[]): [Cell, Cell, Cell] => [
  cell(5e6, conv),
  cell(8e6, spectral),
  cell(16e6, learned),
];

const COST = 'DiffStride costs 2.0 times the multiply-adds of spectral pooling.';

it.each([
  [cells([80], [82], [84]), `The order shows, with one seed. ${COST}`],
  [
    // Differences 2.0 and 2.1, with t = 12.706.
    cells([80, 80], [82, 82], [84, 84.1]),
    `The order shows: DiffStride − spectral is +2.0 ± 0.6 points over 2 seeds (95 %). ${COST}`,
  ],
  [
    cells([80, 80], [82, 82], [83, 84]),
    `The order shows: DiffStride − spectral is +1.5 ± 6.4 points over 2 seeds (95 %), which may be chance. ${COST}`,
  ],
  [cells([80], [82], [81.9]), `The order does not show. ${COST}`],
  [cells([83], [82], [84]), `The order does not show. ${COST}`],
])('the text about three accuracies says what they show (%#)', (given, text) => {
  expect(leadText(given)).toBe(text);
});

it('the quick preset has the rates that its trials prefer', () => {
  const row = (pooling: string, peak: string, scale: string, accuracy: number) => ({
    ...{ pooling, accuracy, strideLearningRateScale: scale },
    'schedule.peak': peak,
  });
  const text = quickVerdict([
    row('conv', '1', '1', 50),
    row('conv', '2', '1', 49),
    row('spectral', '1', '1', 50),
    row('spectral', '2', '1', 49),
    row('diffstride', '1', '1', 40),
    row('diffstride', '1', '5', 41),
    row('diffstride', '2', '1', 42),
  ]);
  expect(text).toContain(
    'A peak of 1 has the higher mean of the three poolings, 47.0 against 46.7 %',
  );
  expect(text).toContain('DiffStride prefers the rate × 5.');
  const file = fileURLToPath(new URL('../results/72-quick-rates.json', import.meta.url));
  const { rows } = JSON.parse(readFileSync(file, 'utf8'));
  const { schedule, strideLearningRateScale } = PRESETS.quick!.run;
  const peak = schedule.name === 'cosine' ? schedule.peak : null;
  expect(quickVerdict(rows)).toContain(`A peak of ${peak} has the higher mean`);
  expect(quickVerdict(rows)).toContain(`prefers the rate × ${strideLearningRateScale}.`);
});
