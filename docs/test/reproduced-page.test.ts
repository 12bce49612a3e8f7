import { expect, it } from 'vitest';
import { leadText } from '../scripts/reproduced-page.mjs';

type Cell = { accuracy: number; macs: number };

const cells = (conv: number, spectral: number, learned: number): [Cell, Cell, Cell] => [
  { accuracy: conv, macs: 5e6 },
  { accuracy: spectral, macs: 8e6 },
  { accuracy: learned, macs: 16e6 },
];

it.each([
  [
    cells(80, 82, 84),
    'The order shows. DiffStride costs 2.0 times the multiply-adds of spectral pooling.',
  ],
  [
    cells(80, 82, 82.9),
    'The order shows. DiffStride costs 2.0 times the multiply-adds of spectral pooling, and its lead is within the noise of the test.',
  ],
  [
    cells(80, 82, 81.9),
    'The order does not show. DiffStride costs 2.0 times the multiply-adds of spectral pooling.',
  ],
  [
    cells(83, 82, 84),
    'The order does not show. DiffStride costs 2.0 times the multiply-adds of spectral pooling.',
  ],
])('the text about three accuracies says what they show (%#)', (given, text) => {
  expect(leadText(given)).toBe(text);
});
