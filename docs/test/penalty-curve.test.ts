import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  curveSentences,
  curveText,
  leadSentence,
  penaltyCurve,
} from '../scripts/penalty-curve.mjs';

let folder: string;
const run = (lambda: number, seed: number, score: number, macs: number, more = {}) => ({
  config: { pooling: 'diffstride', strides: [1, 1, 3, 2, 3], seed, lambda, ...more },
  score,
  macs,
});

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penalty-curve-'));
  const runs = [
    run(0.1, 1, 0.82, 15e6),
    run(0.03, 1, 0.86, 23e6),
    run(0.1, 2, 0.84, 16e6),
    run(0.03, 1, 0.5, 1e6, { strides: [1, 1, 2, 2, 2] }),
    run(0.03, 1, 0.5, 1e6, { pooling: 'spectral' }),
    run(0.03, 1, 0.5, 1e6, { validationImages: 5000 }),
  ];
  writeFileSync(path.join(folder, 'one.json'), JSON.stringify({ preset: 'medium', runs }));
  const quick = { preset: 'quick', runs: [run(1, 1, 0.5, 1e6)] };
  writeFileSync(path.join(folder, 'two.json'), JSON.stringify(quick));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A start whose fixed networks have these accuracies, for 10 and 20 million multiply-adds. */
const start = (conv: number, spectral: number) => ({
  strides: '2 2 2',
  cells: [
    { accuracy: conv, deviation: null, macs: 10e6 },
    { accuracy: spectral, deviation: 0.25, macs: 20e6 },
    null,
  ],
});

it('has the means of the medium runs from (3, 2, 3) by λ', () => {
  expect(penaltyCurve(folder)).toEqual([
    { lambda: 0.03, accuracy: 86, deviation: null, macs: 23e6, runs: 1 },
    {
      lambda: 0.1,
      accuracy: expect.closeTo(83),
      deviation: expect.closeTo(Math.SQRT2),
      macs: 15.5e6,
      runs: 2,
    },
  ]);
  expect(curveText(penaltyCurve(folder))).toBe(
    'λ 0.03: 86.0 % at 23.0 M; λ 0.1: 83.0 ± 1.4 % at 15.5 M',
  );
});

it('says which networks are ahead of the most accurate fixed one', () => {
  const curve = penaltyCurve(folder);
  expect(curveSentences(curve, [start(84, 85.5)])).toBe(
    'A smaller λ keeps larger maps. From (3, 2, 3), learned strides reach 86.0 % with 23.0 M ' +
      'multiply-adds at λ = 0.03 and 83.0 ± 1.4 % with 15.5 M at λ = 0.1 (one seed, two at λ = 0.1). The network ' +
      'with λ = 0.03 is ahead of the most accurate fixed network of the table, the spectral one from ' +
      '(2, 2, 2): 85.5 ± 0.3 % with 20.0 M, by 0.5 points. A difference below 1.0 points may be ' +
      'chance.',
  );
  expect(leadSentence(curve, [start(82.5, 82)])).toContain('λ = 0.03 and λ = 0.1 are ahead of the');
  expect(leadSentence(curve, [start(90, 80)])).toBe(
    'None is more accurate than the best fixed network of the table, the strided one from (2, 2, 2): 90.0 % ' +
      'with 10.0 M.',
  );
});

it('says at which λ there are several seeds', () => {
  const point = (lambda: number, runs: number) => ({
    lambda,
    accuracy: 80,
    deviation: runs > 1 ? 0.5 : null,
    macs: 10e6,
    runs,
  });
  const seedsOf = (...counts: number[]) =>
    curveSentences(
      counts.map((runs, at) => point(10 ** -at, runs)),
      [start(90, 80)],
    ).match(/\(([^()]*seed[^()]*)\)/)![1];
  expect(seedsOf(1, 2, 2)).toBe('one seed, two at λ = 0.1 and 0.01');
  expect(seedsOf(2, 2, 2, 1)).toBe('one seed, two at λ = 1, 0.1, and 0.01');
  expect(seedsOf(2, 2)).toBe('two seeds');
  expect(seedsOf(1, 2, 3)).toBe('one seed, two at λ = 0.1, three at λ = 0.01');
  expect(seedsOf(2, 3)).toBe('two seeds, three at λ = 0.1');
  expect(seedsOf(1, 1)).toBe('one seed');
});
