import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bestFixedSentence,
  differencesSentence,
  firstSentence,
  mediumCells,
  mediumTable,
  overStarts,
  roundedRuns,
  seedsInWords,
  spreadSentence,
  startsInWords,
  startsSentence,
} from '../scripts/medium-table.mjs';

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
  it('puts the paper beside, over the same starts', () => {
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
    expect(firstSentence(starts)).toBe(
      'A convolutional network shrinks its maps by **strides that somebody guessed**: after two ' +
        'guesses, the same small ResNet ends between 80.5 and 90.0 % on CIFAR-10, and with strides ' +
        'that are learned from the same guesses between 84.0 and 90.0 %.',
    );
    // Differences 1.5 and 0, 3.5 and 0, 2 and 0, with t = 12.706.
    expect(differencesSentence(starts)).toBe(
      'Paired over the starts, with 95 % intervals: spectral − strided +0.8 ± 9.5 points, ' +
        'DiffStride − strided +1.8 ± 22.2, DiffStride − spectral +1.0 ± 12.7.',
    );
    expect(bestFixedSentence(starts)).toBe(
      'A strided network from (2, 2, 2) reaches 90.0 % for 2.0 million multiply-adds: at least the ' +
        'accuracy for at most the work of all 2 learned networks.',
    );
    // With one degree of freedom each, a ratio of variances is clear from 647.8 on.
    expect(spreadSentence(starts)).toBe(
      'Over the 2 starts, accuracies deviate by 4.2 points with learned strides, 5.7 with spectral ' +
        'pooling and 6.7 with strided convolutions (ratios of variances 1.8 and 2.5; both may be ' +
        'chance, 95 % limit 647.8).',
    );
    expect(startsSentence(starts)).toBe(
      'After ten epochs on all images, from (2, 2, 2), (3, 2, 3): strided convolutions reach ' +
        '80.5 to 90.0 % (2.0 to 2.0 million multiply-adds), fixed spectral pooling 82.0 to 90.0 % ' +
        '(2.0 to 2.0 million multiply-adds), and DiffStride 84.0 to 90.0 % ' +
        '(2.0 to 2.0 million multiply-adds).',
    );
  });

  it('stand in the README as stored', () => {
    const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
    const readme = readFileSync(file('README.md'), 'utf8').replace(/\s+/g, ' ');
    const starts = mediumCells(file('docs/results'));
    const sentences = [firstSentence, startsSentence, differencesSentence, bestFixedSentence];
    for (const sentence of sentences) {
      expect(readme).toContain(sentence(starts));
    }
  });
});
