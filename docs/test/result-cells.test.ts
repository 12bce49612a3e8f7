import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { poolingColors } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import { describe, expect, it } from 'vitest';
import { resultPlot } from '../.vitepress/theme/result-plot.js';
import { resultCell, shownColumns } from '../scripts/result-cells.mjs';

describe('a cell of a stored result', () => {
  it.each([
    [{ accuracy: 87.66666666666667, deviation: 1.17 }, 'accuracy', '87.7\u00a0±\u00a01.2'],
    [{ accuracy: 48.2, deviation: null }, 'accuracy', '48.2'],
    [{ shiftConsistency: 75 }, 'shiftConsistency', '75.0'],
    [{ macs: 3_156_168_960_000 }, 'macs', '3.16\u00a0T'],
    [{ macs: 178_741_888 }, 'macs', '179\u00a0M'],
    [{ macs: 13_478_528 }, 'macs', '13.5\u00a0M'],
    [{ macs: 924_800 }, 'macs', '0.92\u00a0M'],
    [{ macs: 24_800 }, 'macs', '24,800'],
    [{ complexity: 4 }, 'complexity', '4.00'],
    [{ complexity: 0.0024 }, 'complexity', '0.0024'],
    [{ complexity: 0.0996 }, 'complexity', '0.10'],
    [{ complexity: 0.05 }, 'complexity', '0.050'],
    [{ complexity: 0 }, 'complexity', '0.00'],
    [{ inferenceMilliseconds: 0.3 }, 'inferenceMilliseconds', '0.30'],
    [{ lambda: 0.1 }, 'lambda', '0.1'],
    [{ rounded: true }, 'rounded', 'yes'],
    [{ rounded: false }, 'rounded', 'no'],
    [{ strides: '2 2 2' }, 'strides', '2 2 2'],
    [{}, 'paper', '–'],
    [{ pooling: 'diffstride', rounded: true }, 'pooling', 'diffstride, rounded'],
    [{ pooling: 'diffstride', rounded: false }, 'pooling', 'diffstride'],
  ])('%o, %s: %s', (row, key, text) => {
    expect(resultCell(row, key)).toBe(text);
  });

  it('includes the deviation, which needs no column', () => {
    const columns = ['pooling', 'accuracy', 'deviation'].map((key) => ({ key, name: key }));
    expect(shownColumns(columns)).toEqual([columns[0], columns[1]]);
  });
});

const folder = fileURLToPath(new URL('../results', import.meta.url));

describe.each(readdirSync(folder))('the figure of %s', (name) => {
  const stored = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  const { color, marks } = resultPlot(stored, Plot);

  it('has a dot for each network, and the colours of the poolings', () => {
    const dots = marks!.at(-1) as unknown as { data: { pooling: string; macs: number }[] };
    const networks = stored.rows.filter(
      ({ strides, task }: Record<string, string>) => strides !== 'mean' && task !== 'mean',
    );
    expect(dots.data).toHaveLength(networks.length);
    expect(new Set(dots.data.map(({ pooling }) => pooling))).toEqual(new Set(color!.domain));
    const { domain, range } = color as { domain: string[]; range: string[] };
    expect(range).toEqual(poolingColors(domain));
  });
});

describe('a figure of accuracy', () => {
  it('has the green of DiffStride on all pages', () => {
    expect(poolingColors(['diffstride'])).toEqual(['#109b8f']);
  });

  const rows = [
    { pooling: 'conv', accuracy: 50, macs: 1e6, inferenceMilliseconds: null, rounded: false },
    { pooling: 'diffstride', accuracy: 60, macs: 4e6, inferenceMilliseconds: 2, rounded: false },
    { pooling: 'diffstride', accuracy: 55, macs: 2e6, inferenceMilliseconds: 0.5, rounded: true },
  ];
  const dotsOf = (cost?: 'inferenceMilliseconds') => {
    const { marks, x } = resultPlot({ rows }, Plot, cost);
    const { data } = marks!.at(-1) as unknown as { data: { cost: number; isRounded: boolean }[] };
    return { data, label: (x as { label: string }).label };
  };

  it('is against multiply-adds, or against the measured time of the networks that have one', () => {
    expect(dotsOf().data.map(({ cost }) => cost)).toEqual([1e6, 4e6, 2e6]);
    expect(dotsOf().label).toBe('multiply-adds');
    const timed = dotsOf('inferenceMilliseconds');
    expect(timed.data.map(({ cost }) => cost)).toEqual([2, 0.5]);
    expect(timed.label).toContain('milliseconds');
  });

  it('distinguishes rounded strides from learned ones', () => {
    expect(dotsOf().data.map(({ isRounded }) => isRounded)).toEqual([false, false, true]);
  });
});
