import { describe, expect, it } from 'vitest';
import { PAPER_STRIDES, paperAccuracy } from '../../src/paper-table/paper-accuracies.js';
import { paperTableRows, type TableSpec } from '../../src/paper-table/paper-table.js';
import { tableReport } from '../../src/paper-table/report.js';
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
const spec: TableSpec = {
  experiment: 'table',
  table: 'cifar10',
  strides: PAPER_STRIDES,
  poolings: ['conv', 'average'],
};
const rows = paperTableRows(results, spec);
const report = tableReport(spec, results, {
  preset: 'quick',
  protocol: null,
  command: 'ds-benchmark table cifar10',
  date: '1970-01-01T00:00:00.000Z',
});

describe('a table of the paper', () => {
  it('has what the paper prints', () => {
    expect(PAPER_STRIDES).toHaveLength(6);
    expect(paperAccuracy('cifar10', 'conv', [3, 2, 3])).toBe(82);
    expect(paperAccuracy('cifar10', 'diffstride', [2, 2, 3])).toBe(92.8);
    expect(paperAccuracy('cifar100', 'spectral', [3, 2, 3])).toBe(66.6);
    expect(paperAccuracy('imagenet', 'diffstride', null)).toBe(69.3);
    expect(paperAccuracy('imagenet', 'diffstride', [2, 2, 2])).toBeNull();
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
    expect(report.text).toMatch(/\(2, 2, 2\) +│ 55\.0 % ± 7\.1 \[91\.4\] │ 70\.0 %/);
    expect(report.text).toMatch(/\(3, 2, 3\) +│ 40\.0 % \[82\.0\] +│ +│/);
    const [head, ...lines] = report.csv.trimEnd().split('\n');
    expect(head).toMatch(/^strides,pooling,runs,accuracy,deviation,.*,paper$/);
    expect(lines.map((line) => line.replace(/^(([^,]*,){5}).*,/, '$1'))).toEqual([
      '2 2 2,conv,2,55,7.07,91.4',
      '2 2 2,average,1,70,,',
      '3 2 3,conv,1,40,,82',
    ]);
    expect(report.rows).toHaveLength(3);
  });

  it('ends in the mean over the initial strides, once there is a run from each', () => {
    const all = PAPER_STRIDES.map((strides, i) => run(strides, 'conv', 1, 0.3 + i / 100));
    const last = paperTableRows(all, spec).at(-1)!;
    expect(last.strides).toBeNull();
    expect(last.cells).toHaveLength(1);
    expect(last.cells[0]!.measured.accuracy).toBeCloseTo(0.325, 12);
    // The spread of 0 … 5 hundredths.
    expect(last.cells[0]!.measured.deviation).toBeCloseTo(Math.sqrt(3.5) / 100, 12);
    expect(last.cells[0]!.paper).toBeCloseTo((91.4 + 90.5 + 90 + 85.7 + 86.4 + 82) / 6, 12);
  });

  it('is drawn, says what it is not, and names only what all its runs share', () => {
    const { html } = report;
    expect(html).toContain('not the paper’s protocol');
    expect(html.match(/<svg[^>]*viewBox/g)?.length).toBeGreaterThanOrEqual(1);
    const shared = /<details>[\s\S]*<\/details>/.exec(html)![0];
    expect(shared).toContain('&quot;width&quot;');
    expect(shared).not.toContain('strides&quot;');
  });
});
