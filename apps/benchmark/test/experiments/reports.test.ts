import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { type RunConfig, runId } from '../../src/config/run-config.js';
import { type ExperimentSpec, reportOf } from '../../src/experiments/experiment.js';
import type { RunResult } from '../../src/run/run-result.js';
import { runResult } from '../run-result.js';

const context = {
  preset: 'quick',
  protocol: null,
  command: 'ds-benchmark <x>',
  date: '1970-01-01T00:00:00.000Z',
};

/** A run that came to an accuracy at a cost. */
function run(
  pooling: string,
  change: Partial<RunConfig>,
  accuracy: number,
  more: Partial<RunResult> = {},
): RunResult {
  const result = runResult(pooling, change.seed ?? 1, accuracy);
  return { ...result, ...more, config: { ...result.config, ...change } };
}

/** Figures, and a page that needs nothing and runs nothing. */
function expectPage(html: string, figures: number): void {
  expect(html.match(/<figure>/g)).toHaveLength(figures);
  expect(html.match(/<svg[^>]*viewBox/g)!.length).toBeGreaterThanOrEqual(figures);
  expect(html).not.toMatch(/(src|href)="http|<x>|<script/);
  expect(html).not.toMatch(/NaN|undefined/);
  expect(html).toContain('not the paper’s protocol');
}

describe('tradeoff', () => {
  const results = [
    run('diffstride', { lambda: 1, seed: 1 }, 0.5),
    run('diffstride', { lambda: 0.1, seed: 1 }, 0.6),
    run('diffstride', { lambda: 0.1, seed: 2 }, 0.7),
    run('conv', { strides: [1, 1, 2, 2, 2] }, 0.4),
  ];
  const report = reportOf({ experiment: 'tradeoff' }, results, context);

  it('has a point for each λ and each choice of strides, seeds averaged', () => {
    expect(report.rows).toMatchObject([
      { pooling: 'conv', strides: '2 2 2', lambda: 0, accuracy: 40, runs: 1 },
      { pooling: 'diffstride', lambda: 0.1, accuracy: 65, runs: 2 },
      { pooling: 'diffstride', lambda: 1, accuracy: 50, runs: 1 },
    ]);
    expect(report.csv.trimEnd().split('\n')).toHaveLength(4);
    expect(report.text).toMatch(/diffstride │ 0\.1 │ 65\.0 % ± 7\.1/);
  });

  it('draws the curve with its λ', () => {
    expectPage(report.html, 3);
    expect(report.html).toContain('λ 0.1');
    expect(report.html).toContain('2, 2, 2');
  });
});

describe('shift', () => {
  const shift = (consistency: number) => ({
    shift: {
      consistency,
      diagonal: [0.6, 0.5, 0.4],
      images: 10,
      nonFinite: 0,
      maxShift: 4,
      equivariance: { images: 8, maps: [{ layer: 'conv', whole: 0.25, half: 0.5 }] },
    },
  });
  const results = [
    run('conv', {}, 0.5, shift(0.6)),
    run('blur', {}, 0.4, shift(0.9)),
    run('conv', { seed: 2 }, 0.7, shift(0.7)),
  ];
  const spec: ExperimentSpec = { experiment: 'shift', poolings: ['conv', 'blur'] };
  const report = reportOf(spec, results, context);

  it('orders poolings by consistency', () => {
    expect(report.rows).toMatchObject([
      {
        pooling: 'blur',
        shiftConsistency: 90,
        'right class at 2 px': 40,
        'map error at 1 px': 25,
        'map error at 0.5 px': 50,
      },
      { pooling: 'conv', shiftConsistency: 65, accuracy: 60, runs: 2 },
    ]);
    expect(report.text).toMatch(/60\.0 % → 40\.0 %/);
    expect(report.text).toContain('25.0 % and 50.0 %');
    expectPage(report.html, 5);
  });

  it('has a row for each border of a pooling', () => {
    const circular = run('aps', { border: 'circular' }, 0.5, shift(1));
    const both = [run('aps', {}, 0.5, shift(0.8)), circular];
    const two = reportOf({ experiment: 'shift', poolings: ['aps'] }, both, context);
    expect(two.rows).toMatchObject([
      { pooling: 'aps', border: 'circular', shiftConsistency: 100, runs: 1 },
      { pooling: 'aps', border: 'zero', shiftConsistency: 80, runs: 1 },
    ]);
    expect(two.text).toContain('aps, circular');
    expectPage(two.html, 5);
  });

  it('leaves out runs that were stopped before their shifts', () => {
    const stopped = { shift: null, stopped: true };
    const some = reportOf(spec, [...results, run('blur', { seed: 2 }, 0.6, stopped)], context);
    expect(some.rows).toMatchObject([
      { pooling: 'blur', shiftConsistency: 90, accuracy: 50, runs: 2, stopped: true },
      { pooling: 'conv', shiftConsistency: 65 },
    ]);
    const none = reportOf(spec, [run('conv', {}, 0.5, stopped)], context);
    expect(none.rows).toMatchObject([{ pooling: 'conv', shiftConsistency: null }]);
    expect(none.text).toMatch(/conv +│ – +│ 50\.0 %/);
    expectPage(none.html, 3);
    expect(none.csv).not.toContain('NaN');
    const last = [run('conv', {}, 0.5, stopped), results[1]!];
    const compared = reportOf({ experiment: 'compare', poolings: ['conv', 'blur'] }, last, context);
    expect(compared.html).toContain('as the 10 test images are shifted diagonally');
    expect(compared.html).not.toMatch(/NaN|undefined/);
    expect(compared.rows).toMatchObject([{ shiftConsistency: null }, { shiftConsistency: 90 }]);
  });
});

describe('search', () => {
  const epochs = (accuracies: number[]) => ({
    epochs: accuracies.map((accuracy, epoch) => ({
      epoch,
      loss: 1,
      accuracy: 0,
      evaluation: { loss: 1, accuracy, top5: 1, nonFinite: 0, count: 10 },
      seconds: 1,
      images: 100,
    })),
    epochMacs: accuracies.map(() => 1000),
  });
  const results = [
    run('diffstride', {}, 0.7, epochs([0.5, 0.7])),
    run('conv', { strides: [1, 1, 1, 1, 1] }, 0.3, epochs([0.2, 0.3])),
    run('conv', { strides: [1, 1, 2, 2, 2] }, 0.6, epochs([0.4, 0.6])),
    run('conv', { strides: [1, 1, 3, 3, 3] }, 0.5, { ...epochs([0.5]), stopped: true }),
  ];
  const report = reportOf(
    {
      experiment: 'search',
      learner: 'diffstride',
      candidate: 'conv',
      searches: [
        {
          name: 'random',
          order: [
            [2, 2, 2],
            [1, 1, 1],
          ],
        },
        {
          name: 'grid',
          order: [
            [1, 1, 1],
            [3, 3, 3],
          ],
        },
      ],
    },
    results,
    context,
  );

  it('adds up what each search has spent, three passes of every image, on runs that ended', () => {
    expect(report.rows).toEqual([
      expect.objectContaining({
        method: 'diffstride, one run',
        runs: 1,
        macs: 600_000,
        accuracy: 70,
      }),
      {
        method: 'random search, conv',
        runs: 2,
        macs: 1_200_000,
        accuracy: 60,
        strides: '2, 2, 2',
      },
      { method: 'grid search, conv', runs: 1, macs: 600_000, accuracy: 30, strides: '1, 1, 1' },
    ]);
    expectPage(report.html, 1);
  });
});

describe('a grid', () => {
  const results = [
    run('conv', { width: 4, seed: 1 }, 0.4),
    run('conv', { width: 4, seed: 2 }, 0.5),
    run('conv', { width: 8, seed: 1 }, 0.6),
  ];
  const report = reportOf(
    { experiment: 'grid', name: 'Widths <b>', axes: ['width'] },
    results,
    context,
  );

  it('has a row for each point and a column for each axis', () => {
    expect(report.rows).toMatchObject([
      { width: '4', accuracy: 45, runs: 2 },
      { width: '8', accuracy: 60, runs: 1 },
    ]);
    expect(report.csv).toMatch(/^width,runs,accuracy,/);
    expectPage(report.html, 1);
    expect(report.html).toContain('Widths &lt;b&gt;');
  });

  it('of one point is a table too', () => {
    const one = reportOf(
      { experiment: 'grid', name: 'One', axes: [] },
      results.slice(0, 1),
      context,
    );
    expect(one.rows).toHaveLength(1);
    expectPage(one.html, 1);
  });
});

describe('the axis of equal scores', () => {
  const shift = {
    ...{ consistency: 0.5, diagonal: [0.5, 0.5], images: 10, nonFinite: 0, maxShift: 4 },
  };
  const results = ['conv', 'diffstride'].map((pooling) => run(pooling, {}, 0.1, { shift }));
  const stored = Object.fromEntries(
    results.map(({ config, accuracy, seconds }) => [
      runId(config),
      { ...{ score: accuracy, shiftConsistency: 0.5, macs: 1, seconds, environment: {} } },
    ]),
  );

  it.each<ExperimentSpec>([
    { experiment: 'compare', poolings: ['conv', 'diffstride'] },
    { experiment: 'shift', poolings: ['conv', 'diffstride'] },
    { experiment: 'tradeoff' },
    { experiment: 'reproduce', title: 'Runs', stored },
    { experiment: 'grid', name: 'Runs', axes: ['pooling'] },
  ])('has short numbers in the report of $experiment', (spec) => {
    const { html } = reportOf(spec, results, context);
    const { document } = parseHTML(html);
    const ticks = [...document.querySelectorAll('[aria-label$="axis tick label"] text')];
    const numbers = ticks.map((tick) => tick.textContent!).filter((text) => /^[\d.]+$/.test(text));
    expect(numbers.length).toBeGreaterThan(3);
    for (const text of numbers) expect(text.length, text).toBeLessThan(6);
  });
});
