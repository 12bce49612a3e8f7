import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { page } from '../../src/report/page.js';
import { stridePlot } from '../../src/report/strides.js';
import type { RunResult } from '../../src/run/run-result.js';
import { soundResult } from '../sound-result.js';

function drawn(steps: number[], layers = 4) {
  const result: RunResult = soundResult('diffstride', 1, 0.5);
  const names = Array.from({ length: layers }, (_, i) => `block${i + 1}.pool`);
  const strides = (stride: number) =>
    Object.fromEntries(names.map((name): [string, [number, number]] => [name, [stride, 2]]));
  const run = {
    ...result,
    initial: { ...result.initial, strides: strides(2) },
    steps: steps.map((step) => ({ ...result.steps[0]!, step, strides: strides(3) })),
  };
  const { document } = parseHTML(page('', stridePlot([run])));
  const textOf = (label: string) =>
    [...document.querySelectorAll(`[aria-label="${label}"] text`)].map((one) => one.textContent);
  return { document, ticks: textOf('x-axis tick label'), facets: textOf('fx-axis tick label') };
}

describe('stridePlot', () => {
  it('draws a line from the initial strides, also after one step', () => {
    const { document, ticks } = drawn([0]);
    const paths = [...document.querySelectorAll('[aria-label="line"] path')];
    expect(paths).toHaveLength(8);
    for (const path of paths) expect(path.getAttribute('d')).toMatch(/^M[\d.]+,[\d.]+L/);
    expect(ticks).toEqual(['0', '1', '0', '1', '0', '1', '0', '1']);
  });

  it('draws a line for each pooling, axis and run', () => {
    const runs = ['diffstride', 'dct-diffstride'].flatMap((pooling) =>
      [1, 2].map((seed) => {
        const result = soundResult(pooling, seed, 0.5);
        const strides = { 'block1.pool': [seed, 2] as [number, number] };
        return {
          ...result,
          initial: { ...result.initial, strides },
          steps: [{ ...result.steps[0]!, strides }],
        };
      }),
    );
    const { document } = parseHTML(page('', stridePlot(runs)));
    expect(document.querySelectorAll('[aria-label="line"] path')).toHaveLength(2 * 2 * 2);
  });

  it('dashes the second axis, so that equal strides show both lines', () => {
    const { document } = drawn([0], 1);
    const dashes = [...document.querySelectorAll('[aria-label="line"] > g')].map((facet) =>
      facet.getAttribute('stroke-dasharray'),
    );
    expect(dashes).toEqual([null, '4 4']);
  });

  it('has at most three ticks for a layer, and room for each layer in its order', () => {
    const { document, ticks, facets } = drawn([0, 9_999, 77_999], 12);
    expect(facets).toEqual(Array.from({ length: 12 }, (_, i) => `block${i + 1}`));
    expect(new Set(ticks)).toEqual(new Set(['0', '50000']));
    const plot = document.querySelector('svg.plot[width]')!;
    expect(Number(plot.getAttribute('width'))).toBeGreaterThanOrEqual(1200);
  });
});
