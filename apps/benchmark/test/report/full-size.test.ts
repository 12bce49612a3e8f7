import { expect, it } from 'vitest';
import { comparisonReport } from '../../src/compare/page.js';
import { reportOf } from '../../src/experiments/experiment.js';
import { parseResult } from '../../src/queue/result-schema.js';
import { fullSize } from '../../src/report/full-size.js';
import { compareRuns } from '../../src/statistics/comparison.js';
import { runResult } from '../run-result.js';

const NOTE = 'strides [2, 2] leave a map of 16×16 at 16×16. Set smoothness to 3 or less';

function run(seed: number, note?: string) {
  const result = runResult('diffstride', seed, 0.5);
  const pooling = { outputShape: [16, 16, 8], macs: 1, parameters: 2, activationBytes: 4 };
  result.final.layers.push({ layer: 'stage2.block0.pool', ...pooling, ...(note && { note }) });
  return result;
}

it('lists each pooling that keeps its map once', () => {
  const list = `${fullSize([run(1, NOTE), run(2, NOTE), run(3)])}`;
  expect(list.match(/<li>/g)).toHaveLength(1);
  expect(list).toContain(`<li>stage2.block0.pool: ${NOTE}</li>`);
  expect(fullSize([run(1)])).toBeNull();
});

it('is in the report of a comparison', () => {
  const context = { command: 'ds-benchmark compare', date: '2026-01-01T00:00:00Z' };
  const pageOf = (note?: string) =>
    comparisonReport(compareRuns([run(1, note)], ['diffstride']), context as never);
  expect(pageOf(NOTE)).toContain(NOTE);
  expect(pageOf()).not.toContain('do not reduce their maps');
});

it.each([
  { experiment: 'compare', poolings: ['diffstride'] },
  { experiment: 'table', table: 'cifar10', strides: [[3, 1, 3]], poolings: ['diffstride'] },
  { experiment: 'shift', poolings: ['diffstride'] },
  { experiment: 'grid', name: 'widths', axes: ['width'] },
  { experiment: 'tradeoff' },
] as never[])('is below the table and in the page of %j', (spec) => {
  const context = { command: 'ds-benchmark', date: '2026-01-01T00:00:00Z' } as never;
  const { text, html } = reportOf(spec, [run(1, NOTE), run(2, NOTE)], context);
  expect(text.split(`- stage2.block0.pool: ${NOTE}`)).toHaveLength(2);
  expect(text).toContain('\n\nThese strides do not reduce their maps:\n');
  expect(html).toContain(`<li>stage2.block0.pool: ${NOTE}</li>`);
  const { text: plain } = reportOf(spec, [run(1)], context);
  expect(plain).not.toContain('do not reduce');
});

it('comes through a queue', () => {
  expect(parseResult(run(1, NOTE)).final.layers.at(-1)!.note).toBe(NOTE);
});
