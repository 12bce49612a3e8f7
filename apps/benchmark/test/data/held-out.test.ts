import { describe, expect, it } from 'vitest';
import { scoredExamples } from '../../src/data/held-out.js';
import { type ExperimentSpec, reportOf } from '../../src/experiments/experiment.js';
import type { RunResult } from '../../src/run/run-result.js';
import { fullScoreName } from '../../src/statistics/score.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';

const context = { preset: 'quick', protocol: null, command: 'ds', date: '1970-01-01T00:00:00Z' };
const poolings = ['conv', 'diffstride'];
const specs: ExperimentSpec[] = [
  { experiment: 'compare', poolings },
  { experiment: 'grid', name: 'A grid', axes: ['pooling'] },
  { experiment: 'shift', poolings },
  { experiment: 'table', table: 'cifar10', strides: [[3, 1, 3]], poolings },
  { experiment: 'tradeoff' },
  {
    experiment: 'search',
    learner: 'diffstride',
    candidate: 'conv',
    searches: [{ name: 'grid', order: [[3, 1, 3]] }],
  },
];

/** Results with a test by class, on test images or on held-out ones. */
function results(held: boolean): RunResult[] {
  const matrix = [
    [4, 1],
    [2, 3],
  ];
  return poolings
    .map((pooling) => testedResult(runResult(pooling, 1, 0.5), ['cat', 'dog'], matrix))
    .map((result) => ({
      ...result,
      shift: { consistency: 0.9, diagonal: [0.5, 0.4], images: 10, maxShift: 1, nonFinite: 0 },
      config: { ...result.config, ...(held && { validationImages: 10 }) },
    }));
}

/** The words of a report besides the set that no run was scored on. */
function words(spec: ExperimentSpec, held: boolean): string {
  const { text, html } = reportOf(spec, results(held), context);
  return `${text} ${html.replace(/<style>[\s\S]*?<\/style>/g, '')}`.replace(
    'none of the test set',
    '',
  );
}

describe('runs that were scored on held-out images', () => {
  it.each(specs)('are not called tested on the test set: $experiment', (spec) => {
    expect(words(spec, true)).not.toMatch(/\btest (accuracy|images?|examples?|score)/i);
    expect(words(spec, true)).toContain('held-out accuracy');
    expect(words(spec, false)).toContain('test accuracy');
    expect(words(spec, false)).not.toContain('held-out');
  });
});

it('names what was scored', () => {
  expect(scoredExamples({ dataset: 'sounds' })).toBe('test sounds');
  expect(scoredExamples({ dataset: 'mnist', validationImages: 3 })).toBe('held-out images');
  expect(fullScoreName({ validationImages: 3 })).toBe('held-out accuracy');
});
