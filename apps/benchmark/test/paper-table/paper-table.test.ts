import { describe, expect, it } from 'vitest';
import { PAPER_STRIDES, paperAccuracy } from '../../src/paper-table/paper-accuracies.js';
import { paperTable, paperTableCsv, paperTableRows } from '../../src/paper-table/paper-table.js';
import { paperTableReport } from '../../src/report/paper-table-report.js';
import { runResult } from '../run-result.js';

/** A run from initial strides that came to an accuracy. */
function run(strides: number[], pooling: string, seed: number, accuracy: number) {
  const result = runResult(pooling, seed, accuracy);
  return { ...result, config: { ...result.config, strides: [1, 1, ...strides] } };
}

const results = [
  run([3, 2, 3], 'conv', 1, 0.4),
  run([2, 2, 2], 'conv', 1, 0.5),
  run([2, 2, 2], 'conv', 2, 0.6),
  run([2, 2, 2], 'average', 1, 0.7),
];
const rows = paperTableRows(results, PAPER_STRIDES, ['conv', 'average']);

describe('a table of the paper', () => {
  it('has what the paper prints', () => {
    expect(PAPER_STRIDES).toHaveLength(6);
    expect(paperAccuracy('cifar10', 'conv', [3, 2, 3])).toBe(82);
    expect(paperAccuracy('cifar10', 'diffstride', [2, 2, 3])).toBe(92.8);
    expect(paperAccuracy('cifar10', 'conv', [4, 4, 4])).toBeNull();
    expect(paperAccuracy('cifar10', 'blur', [2, 2, 2])).toBeNull();
  });

  it('groups runs by initial strides and pooling, in the paper’s order', () => {
    expect(rows.map(({ strides }) => strides)).toEqual([
      [2, 2, 2],
      [3, 2, 3],
    ]);
    const [good, poor] = rows;
    expect(good!.cells.map(({ measured }) => measured.runs.length)).toEqual([2, 1]);
    expect(good!.cells[0]!.measured.accuracy).toBeCloseTo(0.55, 12);
    expect(good!.cells[0]!.measured.deviation).toBeCloseTo(Math.SQRT1_2 / 10, 12);
    expect(good!.cells[1]!.paper).toBeNull();
    expect(poor!.cells).toHaveLength(1);
  });

  it('is printed with the paper’s numbers in brackets, and written as CSV', () => {
    const table = paperTable(rows, ['conv', 'average']);
    expect(table).toMatch(/\(2, 2, 2\) +│ 55\.0 % ± 7\.1 \[91\.4\] │ 70\.0 %/);
    expect(table).toMatch(/\(3, 2, 3\) +│ 40\.0 % \[82\.0\] +│ +│/);
    expect(paperTableCsv(rows).split('\n')).toEqual([
      'initial strides,pooling,runs,accuracy,deviation,paper',
      '2 2 2,conv,2,55.00,7.07,91.4',
      '2 2 2,average,1,70.00,,',
      '3 2 3,conv,1,40.00,,82',
      '',
    ]);
  });

  it('is drawn, says what it is not, and names only what all its runs share', () => {
    const html = paperTableReport(rows, ['conv', 'average'], {
      preset: 'quick',
      isPaperProtocol: false,
      command: 'ds-benchmark table cifar10',
      date: new Date(0),
    });
    expect(html).toContain('not the paper’s protocol');
    expect(html.match(/<svg[^>]*viewBox/g)?.length).toBeGreaterThanOrEqual(2);
    const shared = /<details>[\s\S]*<\/details>/.exec(html)![0];
    expect(shared).toContain('&quot;width&quot;');
    expect(shared).not.toContain('strides&quot;');
  });
});
