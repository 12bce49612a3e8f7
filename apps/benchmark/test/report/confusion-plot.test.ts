import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { classGroups } from '../../src/class-test/class-groups.js';
import { confusionPlot } from '../../src/report/confusion-plot.js';
import { page } from '../../src/report/page.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';

function drawn(classes: string[], matrix: number[][]) {
  const [group] = classGroups([testedResult(runResult('conv', 1, 0), classes, matrix)], () => '');
  const { document } = parseHTML(page('', confusionPlot(group!)));
  const texts = (label: string) =>
    [...document.querySelectorAll(`[aria-label="${label}"] text`)].map((one) => one.textContent);
  return {
    svg: document.querySelector('svg.natural')!,
    counts: texts('text'),
    columns: texts('x-axis tick label'),
    rows: texts('y-axis tick label'),
    titles: [...document.querySelectorAll('[aria-label="cell"] title')].map(
      (one) => one.textContent,
    ),
  };
}

describe('confusionPlot', () => {
  it('has a row for each true class and a column for each predicted class', () => {
    const { counts, columns, rows, titles } = drawn(
      ['cat', 'dog'],
      [
        [3, 1],
        [0, 4],
      ],
    );
    expect(columns).toEqual(['cat', 'dog']);
    expect(rows).toEqual(['cat', 'dog']);
    expect(counts).toEqual(['3', '1', '4']);
    expect(titles).toEqual(['3 of cat got cat', '1 of cat got dog', '4 of dog got dog']);
  });

  it('gives every labelled group a role, without which ARIA allows no label', () => {
    const { svg } = drawn(['cat'], [[1]]);
    const groups = [...svg.querySelectorAll('g[aria-label]')];
    expect(groups.length).toBeGreaterThan(3);
    for (const group of groups) expect(group.getAttribute('role')).toBe('group');
  });

  it('cuts long names, and those of two classes may then be equal', () => {
    const names = ['a very long name of one', 'a very long name of two'];
    const { columns, titles } = drawn(names, [
      [1, 0],
      [0, 1],
    ]);
    expect(columns).toEqual(['a very long nam…', 'a very long nam…']);
    expect(titles[0]).toBe(`1 of ${names[0]} got ${names[0]}`);
  });

  it('stays readable with a hundred classes: those with mistakes, and the sum of the others', () => {
    const names = Array.from({ length: 100 }, (_, i) => `class ${i}`);
    const matrix = names.map((_, row) => names.map((__, column) => Number(row === column) * 10));
    matrix[90]![7] = 5;
    const { svg, columns, rows, titles } = drawn(names, matrix);
    expect(rows).toHaveLength(17);
    expect(columns).toEqual(rows);
    expect(rows).toContain('class 90');
    expect(rows).toContain('class 7');
    expect(rows.at(-1)).toBe('all others');
    expect(titles).toContain('5 of class 90 got class 7');
    // Whether the others were right among each other is not known from their sum.
    expect(titles).not.toContain(expect.stringContaining('all others got all others'));
    expect(Number(svg.getAttribute('width'))).toBeLessThan(760);
  });
});
