import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { otherPoolings, otherPoolingsSentences } from '../scripts/other-poolings.mjs';

let folder: string;
const run = (pooling: string, seed: number, score: number, macs: number) => ({
  config: { pooling, strides: [1, 1, 2, 2, 2], seed, lambda: 0 },
  score,
  macs,
});

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'other-poolings-'));
  const runs = [
    run('average', 1, 0.85, 12e6),
    run('max', 1, 0.86, 11e6),
    run('max', 2, 0.88, 11e6),
    run('conv', 1, 0.9, 1e6),
    run('spectral', 1, 0.9, 1e6),
  ];
  writeFileSync(path.join(folder, 'one.json'), JSON.stringify({ preset: 'medium', runs }));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('has the poolings that the table lacks, the most accurate first', () => {
  expect(otherPoolings(folder)).toEqual([
    {
      pooling: 'max',
      strides: '2 2 2',
      accuracy: 87,
      deviation: expect.closeTo(Math.SQRT2),
      macs: 11e6,
      runs: 2,
    },
    { pooling: 'average', strides: '2 2 2', accuracy: 85, deviation: null, macs: 12e6, runs: 1 },
  ]);
});

it('says what they reach, and which learned networks are ahead', () => {
  const others = otherPoolings(folder);
  const point = (lambda: number, accuracy: number) => ({ lambda, accuracy, macs: 44e6, runs: 1 });
  expect(otherPoolingsSentences(others, [point(0.01, 87.5), point(1, 70)])).toBe(
    'Fixed poolings that the table lacks follow convolutions at stride 1. They reach, by pooling: ' +
      '`max` from (2, 2, 2) 87.0 ± 1.4 % with 11.0 M multiply-adds and `average` from (2, 2, 2) ' +
      '85.0 % with 12.0 M (one seed). Of the learned networks, only the one with λ = 0.01 (4.0 ' +
      'times the multiply-adds) is more accurate than `max`.',
  );
  expect(otherPoolingsSentences(others, [point(1, 70)])).toContain(
    'No learned network is more accurate than `max`.',
  );
});
