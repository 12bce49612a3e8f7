import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { accuracyPlot, lossPlot, macsPlot, timePlot } from '../../src/report/curves.js';
import { page } from '../../src/report/page.js';
import type { RunResult } from '../../src/run/run-result.js';
import { compareRuns } from '../../src/statistics/comparison.js';
import { runResult } from '../run-result.js';

const POOLINGS = ['conv', 'max', 'average', 'blur', 'spectral', 'diffstride'];

/** A result after these numbers of epochs and steps. */
function trained(pooling: string, epochs: number, steps: number, score = 0.5): RunResult {
  const result = runResult(pooling, 1, score);
  const [epoch] = result.epochs as [RunResult['epochs'][0]];
  return {
    ...result,
    epochs: Array.from({ length: epochs }, (_, i) => ({ ...epoch, epoch: i, seconds: 60 })),
    steps: Array.from({ length: steps }, (_, step) => ({ ...result.steps[0]!, step })),
  };
}

function drawn(runs: RunResult[], draw: (rows: ReturnType<typeof compareRuns>) => unknown) {
  const { document } = parseHTML(page('', draw(compareRuns(runs, POOLINGS)) as string));
  const textOf = (label: string) =>
    [...document.querySelectorAll(`[aria-label="${label}"] text`)].map((one) => one.textContent);
  return { document, xTicks: textOf('x-axis tick label'), yTicks: textOf('y-axis tick label') };
}

/** Ticks that someone can read: short, different, and of the size of the values. */
function expectReadable(ticks: (string | null)[]): void {
  expect(ticks.length).toBeGreaterThan(0);
  expect(new Set(ticks).size).toBe(ticks.length);
  for (const tick of ticks) expect(tick).toMatch(/^\d{1,3}(\.\d{1,2})?$/);
}

describe.each([
  [1, 1, ['conv']],
  [1, 1, POOLINGS],
  [4, 30, ['conv']],
  [4, 30, POOLINGS],
])('after %i epochs and %i steps of %j', (epochs, steps, poolings) => {
  const runs = poolings.map((pooling) => trained(pooling, epochs, steps));

  it.each([
    ['accuracyPlot', accuracyPlot],
    ['lossPlot', lossPlot],
    ['timePlot', timePlot],
    ['macsPlot', (rows: ReturnType<typeof compareRuns>) => macsPlot(rows, 'image')],
  ])('%s has readable ticks, and a mark for each run', (_, draw) => {
    const { document, xTicks, yTicks } = drawn(runs, draw);
    expectReadable(xTicks);
    expectReadable(yTicks);
    const marks = document.querySelectorAll('[aria-label="dot"] circle, [aria-label="line"] path');
    expect(marks.length).toBeGreaterThanOrEqual(poolings.length);
    for (const mark of marks) expect(mark.outerHTML).not.toContain('NaN');
  });
});

describe('timePlot', () => {
  it('adds up the seconds of the epochs, in a unit that fits', () => {
    const html = (epochs: number) =>
      page('', timePlot(compareRuns([trained('conv', epochs, 1)], POOLINGS)));
    expect(html(1)).toContain('time in training steps (seconds)');
    expect(html(30)).toContain('time in training steps (minutes)');
    expect(html(200)).toContain('time in training steps (hours)');
    const { xTicks } = drawn([trained('conv', 30, 1)], timePlot);
    expect([Number(xTicks[0]), Number(xTicks.at(-1))]).toEqual([0, 30]);
  });
});
