import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { classResults } from '../../src/report/class-results.js';
import { page } from '../../src/report/page.js';
import type { RunResult } from '../../src/run/run-result.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';
import { testedResult } from '../tested-result.js';

const classes = ['cat', 'dog'];
const matrix = [
  [3, 1],
  [0, 4],
];
const pageOf = (runs: RunResult[]) =>
  page(
    '',
    classResults(runs, ({ config }) => config.pooling),
  );
const cellsOf = (html: string) =>
  [...parseHTML(html).document.querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('td')].map((cell) => cell.textContent),
  );

describe('classResults', () => {
  it('lists each class with its accuracy and what it was taken for', () => {
    const html = pageOf([testedResult(runResult('conv', 1, 0), classes, matrix)]);
    expect(html).toContain('7 of 8 test images right; weakest: cat (75.0 %)');
    expect(cellsOf(html)).toEqual([
      ['cat', '75.0 %', '3', '4', 'dog (1)'],
      ['dog', '100.0 %', '4', '4', ''],
    ]);
    expect(html).toContain('classes.csv');
    expect(html).not.toContain('<details');
  });

  it('folds all but the first of several poolings, and adds up seeds', () => {
    const runs = [1, 2].flatMap((seed) =>
      ['conv', 'max'].map((pooling) => testedResult(runResult(pooling, seed, 0), classes, matrix)),
    );
    const { document } = parseHTML(pageOf(runs));
    const parts = [...document.querySelectorAll('details')];
    expect(parts.map((one) => one.hasAttribute('open'))).toEqual([true, false]);
    expect(parts[1]!.querySelector('summary')!.textContent).toContain(
      'max: 14 of 16 test images right over 2 runs',
    );
  });

  it('lists the weakest of many classes, and the most frequent confusions', () => {
    const names = Array.from({ length: 30 }, (_, i) => `class ${i}`);
    const many = names.map((_, row) => names.map((__, column) => Number(row === column) * 10));
    many[20]![3] = 5;
    const html = pageOf([testedResult(runResult('conv', 1, 0), names, many)]);
    expect(html).toContain('The 10 weakest of 30 classes');
    const cells = cellsOf(html);
    expect(cells[0]).toEqual(['class 20', '66.7 %', '10', '15', 'class 3 (5)']);
    expect(cells.at(-1)).toEqual(['class 20', 'class 3', '5', '33.3 %']);
    expect(cells).toHaveLength(11);
  });

  it('says of labels what was found, and how often where it is not', () => {
    const decisions = [{ examples: 4, found: 1, falseAlarms: 2 }];
    const run = testedResult(soundResult('conv', 1, 0), ['rain'], [], { count: 9, decisions });
    const html = pageOf([run]);
    expect(cellsOf(html)).toEqual([['rain', '1', '4', '25.0 %', '2']]);
    expect(html).not.toContain('confusion matrix');
  });

  it('is absent from reports of earlier versions', () => {
    expect(pageOf([runResult('conv', 1, 0.5)])).toContain('<body></body>');
  });
});
