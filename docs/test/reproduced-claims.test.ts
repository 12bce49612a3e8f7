import { expect, it } from 'vitest';
import { leadText } from '../scripts/reproduced-claims.mjs';

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
