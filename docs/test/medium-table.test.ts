import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bestFixedSentence,
  differencesSentence,
  firstSentences,
  guessSentences,
  headlineTable,
  mediumCells,
  mediumTable,
  overStarts,
  roundedRuns,
  seedsInWords,
  spreadSentence,
  startsInWords,
} from '../scripts/medium-table.mjs';
import { countInWords } from '../scripts/seed-groups.mjs';

let folder: string;
const run = (pooling: string, start: number[], seed: number, score: number, more = {}) => ({
  config: { pooling, strides: [1, 1, ...start], seed, lambda: 0, ...more },
  score,
  macs: 2e6,
});
const store = (name: string, preset: string, runs: unknown[]) =>
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify({ preset, runs }));

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'medium-table-'));
  store('one', 'medium', [
    run('conv', [3, 2, 3], 1, 0.8),
    run('spectral', [3, 2, 3], 1, 0.82),
    run('diffstride', [3, 2, 3], 1, 0.84, { lambda: 0.1 }),
    run('diffstride', [3, 2, 3], 1, 0.1),
    run('conv', [3, 2, 3], 1, 0.2, { validationImages: 5000 }),
  ]);
  store('two', 'medium', [
    run('conv', [3, 2, 3], 2, 0.81),
    run('conv', [2, 2, 2], 1, 0.9),
    run('spectral', [2, 2, 2], 1, 0.9),
    run('diffstride', [2, 2, 2], 1, 0.9, { lambda: 0.1 }),
    run('conv', [1, 3, 1], 1, 0.7),
  ]);
  store('other', 'quick', [run('conv', [3, 2, 3], 3, 0.1)]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('mediumCells', () => {
  it('joins runs over files, and takes only medium runs on test images at λ = 0.1', () => {
    const starts = mediumCells(folder);
    const of = (strides: string) => starts.find((row) => row.strides === strides)!.cells;
    expect(starts.map(({ strides }) => strides)).toEqual(['1 3 1', '2 2 2', '3 2 3']);
    expect(of('3 2 3').map((cell) => cell?.runs)).toEqual([2, 1, 1]);
    expect(of('3 2 3').map((cell) => cell?.accuracy)).toEqual([
      expect.closeTo(80.5),
      expect.closeTo(82),
      expect.closeTo(84),
    ]);
    expect(of('1 3 1').map((cell) => cell === null)).toEqual([false, true, true]);
  });
});

describe('overStarts', () => {
  it('uses the starts that every pooling has', () => {
    const [conv, spectral] = overStarts(mediumCells(folder));
    expect(conv!.starts).toBe(2);
    expect(conv!.mean).toBeCloseTo((80.5 + 90) / 2);
    expect(conv!.deviation).toBeCloseTo(9.5 / Math.SQRT2);
    expect(spectral!.deviation).toBeCloseTo(8 / Math.SQRT2);
  });
});

describe('mediumTable', () => {
  it('compares with the paper, over the same starts', () => {
    const paper = (strides: string) => (strides === '3 2 3' ? 82 : 92);
    const lines = mediumTable(mediumCells(folder), paper).split('\n');
    expect(lines).toContain(
      '| (3, 2, 3) | 80.5 ± 0.7, 2.0 M | 82.0, 2.0 M | 84.0, 2.0 M | 82.0 / 82.0 / 82.0 |',
    );
    expect(lines).toContain('| (1, 3, 1) | 70.0, 2.0 M | – | – | 92.0 / 92.0 / 92.0 |');
    expect(lines).toContain('| mean of 2 | 85.3 | 86.0 | 87.0 | 87.0 / 87.0 / 87.0 |');
    expect(lines.at(-1)).toMatch(/^\| deviation \| 6\.7 \| 5\.7 \| 4\.2 \| 7\.1/);
  });
});

describe('roundedRuns', () => {
  it('has what integer strides cost, by initial strides', () => {
    store('rounded', 'medium', [
      run('diffstride', [3, 1, 2], 1, 0.84, {
        lambda: 0.1,
      }),
      {
        ...run('diffstride', [1, 3, 1], 1, 0.82, { lambda: 0.1 }),
        rounded: { accuracy: 0.78, macs: 3e6 },
      },
      {
        ...run('diffstride', [1, 3, 1], 2, 0.84, { lambda: 0.1 }),
        rounded: { accuracy: 0.79, macs: 5e6 },
      },
    ]);
    expect(roundedRuns(folder)).toEqual([
      {
        strides: '1 3 1',
        runs: 2,
        before: { accuracy: expect.closeTo(83), macs: 2e6 },
        after: { accuracy: expect.closeTo(78.5), macs: 4e6 },
      },
    ]);
    rmSync(path.join(folder, 'rounded.json'));
  });
});

describe('the accuracies of a cell', () => {
  it('are kept by seed, from which differences are paired', () => {
    const [, , poor] = mediumCells(folder);
    expect(poor!.cells[0]!.bySeed).toEqual({ 1: expect.closeTo(80), 2: expect.closeTo(81) });
  });
});

describe('the sentences about the starts', () => {
  it('have the range over the starts that every pooling has', () => {
    const starts = mediumCells(folder);
    expect(startsInWords(starts)).toBe('two starts, one seed');
    expect(seedsInWords(starts)).toBe('one seed');
    const cells = [1, 2, 3].map(() => ({ accuracy: 80, deviation: 1, macs: 1, runs: 2 }));
    const twice = { strides: '3 2 3', cells };
    expect(seedsInWords([...starts.slice(0, 2), twice])).toBe('one seed, two from (3, 2, 3)');
    expect(seedsInWords([twice])).toBe('two seeds or more');
    expect(startsInWords([...starts.slice(1, 2), twice])).toBe('two starts, one or two seeds');
    const thrice = { strides: '2 2 3', cells: cells.map((cell) => ({ ...cell, runs: 3 })) };
    expect(seedsInWords([thrice])).toBe('three seeds or more');
    expect(seedsInWords([starts[1]!, thrice])).toBe('one seed, three from (2, 2, 3)');
    expect(seedsInWords([starts[1]!, twice, thrice])).toBe(
      'one seed, two from (3, 2, 3), three from (2, 2, 3)',
    );
    expect(startsInWords([starts[1]!, twice, thrice])).toBe(
      'three starts, one, two, or three seeds',
    );
    expect(firstSentences(starts)).toBe(
      'A convolutional network shrinks its feature maps by **strides that you must guess**. From ' +
        'the paper’s two initial strides, a small ResNet with strided convolutions reaches 80.5 to ' +
        '90.0 % on CIFAR-10. With strides that are learned from the same two, it reaches 84.0 to ' +
        '90.0 %.',
    );
    // Differences 1.5 and 0, 3.5 and 0, 2 and 0, with t = 12.706.
    expect(differencesSentence(starts)).toBe(
      'Paired over the starts, with 95 % intervals: spectral − strided +0.8 ± 9.5 points, ' +
        'DiffStride − strided +1.8 ± 22.2, DiffStride − spectral +1.0 ± 12.7.',
    );
    expect(bestFixedSentence(starts)).toBe(
      'A strided network from (2, 2, 2) reaches 90.0 % with 2.0 million multiply-adds. None of the ' +
        '2 learned networks in the table is more accurate or cheaper.',
    );
    // With one degree of freedom each, a ratio of variances is clear from 647.8 on.
    expect(spreadSentence(starts)).toBe(
      'Over the 2 starts, accuracies deviate by 4.2 points with learned strides, 5.7 with spectral ' +
        'pooling and 6.7 with strided convolutions (ratios of variances 1.8 and 2.5; both may be ' +
        'chance, 95 % limit 647.8).',
    );
  });
});

it('sentences name the worst and the best guess, and the best fixed network', () => {
  const cell = (accuracy: number, macs: number) => ({
    ...{ accuracy, macs, deviation: null, runs: 1, bySeed: { 1: accuracy } },
  });
  const starts = [
    { strides: '2 2 2', cells: [cell(80, 1e6), cell(82, 3e6), cell(81, 4e6)] },
    { strides: '3 2 3', cells: [cell(70, 1e6), cell(71, 1e6), cell(83, 4e6)] },
  ];
  expect(guessSentences(starts)).toBe(
    'From (3, 2, 3), the worst guess here, learned strides are 13.0 points more accurate than ' +
      'strided convolutions. From (2, 2, 2), the best guess here, learned strides are 1.0 points ' +
      'more accurate.',
  );
  expect(bestFixedSentence(starts)).toBe(
    'A spectral network from (2, 2, 2) reaches 82.0 % with 3.0 million multiply-adds. 1 of the 2 ' +
      'learned networks in the table is neither more accurate nor cheaper.',
  );
});

it('the table of the README has ranges of accuracy, work and times', () => {
  const row = (pooling: string, strides: string, step: number) => ({
    ...{ pooling, strides, step: { median: step }, classify: { median: step / 2 } },
  });
  // Two seeds of one network count with their mean.
  const rows = [
    row('conv', '3 2 3', 1),
    row('conv', '3 2 3', 2),
    row('conv', '2 2 2', 3),
    ...['3 2 3', '2 2 2'].flatMap((strides) => [
      row('spectral', strides, 3),
      row('diffstride', strides, 4),
    ]),
  ];
  expect(headlineTable(mediumCells(folder), { rows }).split('\n').slice(2)).toEqual([
    '| strided convolutions | 80.5–90.0 % | 2.0–2.0 M | 1.5–3.0 | 0.8–1.5 |',
    '| fixed spectral pooling | 82.0–90.0 % | 2.0–2.0 M | 3.0–3.0 | 1.5–1.5 |',
    '| DiffStride, λ = 0.1 | 84.0–90.0 % | 2.0–2.0 M | 4.0–4.0 | 2.0–2.0 |',
  ]);
});

it('refuses to write a count that it has no word for', () => {
  expect(countInWords(6)).toBe('six');
  expect(() => countInWords(7)).toThrow('countInWords: count must be 0 … 6, got 7');
});
