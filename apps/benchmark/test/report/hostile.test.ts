import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { runId } from '../../src/config/run-config.js';
import { type ExperimentSpec, reportOf } from '../../src/experiments/experiment.js';
import type { RunResult } from '../../src/run/run-result.js';
import { visibleValue } from '../../src/text/visible-text.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';
import { testedResult } from '../tested-result.js';

/** Markup and terminal escapes, each of which would act if it came through as it is. */
const EVIL = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg onload=alert(1)>",
  '</style><script>alert(1)</script>',
  '</title></head><iframe src=x>',
  '\u001b[31m\u001b]8;;http://x\u0007link\u001b]8;;\u0007\r\u009b2J\u202e',
].join('');

/** A value with the evil in front of every string in it, and of the names in `names`. */
function spoilt(value: unknown, names: Set<string>): unknown {
  if (typeof value === 'string') return `${EVIL}${value}`;
  if (Array.isArray(value)) return value.map((item) => spoilt(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      names.has(name) ? `${EVIL}${name}` : name,
      spoilt(item, names),
    ]),
  );
}

/** A result every text of which is evil, its layers, tasks and options included. */
function spoiltResult(result: RunResult): RunResult {
  const names = new Set([
    ...Object.keys(result.initial.strides),
    ...Object.keys(result.environment),
    ...Object.keys(result.taskAccuracies ?? {}),
    'smoothness',
  ]);
  const bad = spoilt(result, names) as RunResult;
  // A dataset is one of a few, and only masks of DiffStride are drawn.
  bad.config.dataset = result.config.dataset;
  if (result.config.pooling === 'diffstride') bad.config.pooling = 'diffstride';
  return bad;
}

/** A test by class, with a mistake whose file has a name. */
function tested(run: RunResult): RunResult {
  const mistake = { example: 1, file: 'a.png', truth: 0, predicted: 1, probability: 0.9 };
  const matrix = [
    [3, 1],
    [0, 4],
  ];
  const mistakes = [{ ...mistake, preview: null }];
  return testedResult(run, ['cat', 'dog'], matrix, { mistakes });
}

const images = [runResult('conv', 1, 0.5), runResult('diffstride', 1, 0.6, [2, 2.5])].map(
  (run) => ({
    ...tested(run),
    notes: ['2 files left out'],
  }),
);
const sounds = [soundResult('conv', 1, 0.5), soundResult('diffstride', 1, 0.6)].map(tested);
const context = spoilt(
  { preset: 'quick', protocol: null, command: 'ds', date: '1970-01-01T00:00:00.000Z' },
  new Set(),
) as Parameters<typeof reportOf>[2];

const poolings = [`${EVIL}conv`, 'diffstride'];
const search = { name: EVIL, order: [[3, 1, 3]] };
const specs: ExperimentSpec[] = [
  { experiment: 'compare', poolings },
  { experiment: 'shift', poolings },
  { experiment: 'tradeoff' },
  { experiment: 'grid', name: EVIL, axes: ['pooling', 'poolingConfig'] },
  { experiment: 'table', table: 'cifar10', strides: [[3, 1, 3]], poolings },
  {
    experiment: 'search',
    learner: poolings[1]!,
    candidate: poolings[0]!,
    searches: [search],
  },
  {
    experiment: 'reproduce',
    title: EVIL,
    stored: Object.fromEntries(
      [...images, ...sounds].map(spoiltResult).map(({ config }) => [
        // Runs are found by what a report shows of them.
        runId(visibleValue(config)),
        { score: 0.5, shiftConsistency: null, macs: 1, seconds: 1, environment: {} },
      ]),
    ),
  },
];
const audio: ExperimentSpec = { experiment: 'audio', groups: [[`${EVIL}class`]], poolings };

/** Characters that a terminal obeys, line breaks and tabs apart. */
const ALIVE = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u;

describe.each([
  ...specs.map((spec) => ({ spec, kind: 'images', results: images })),
  ...[...specs.slice(0, 4), audio].map((spec) => ({ spec, kind: 'sounds', results: sounds })),
])('the report of $spec.experiment on $kind', ({ spec, results }) => {
  const report = reportOf(spec, results.map(spoiltResult), context);

  it('shows markup and escapes, and obeys none', () => {
    const { document } = parseHTML(report.html);
    expect(document.querySelectorAll('script, img, iframe, object, link').length).toBe(0);
    expect(document.querySelectorAll('style').length).toBe(1);
    const events = [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].filter(({ name }) => name.startsWith('on')),
    );
    expect(events).toEqual([]);
    expect(report.html).not.toMatch(
      /<script|<img|<iframe|<\/style>.*<\/style>|onload=alert\(1\)>/s,
    );
    // It is there to read.
    expect(report.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(report.html).toContain('\\u001b[31m');
    expect(report.html).not.toMatch(ALIVE);
    // Nothing failed on the way, and Plot has drawn no warning.
    expect(document.querySelectorAll('.failed').length).toBe(0);
    expect(report.html).not.toContain('⚠');
    expect(document.querySelectorAll('svg').length).toBeGreaterThan(0);
  });

  it('sends no escape to a terminal', () => {
    expect(report.text.length).toBeGreaterThan(0);
    expect(report.text).not.toMatch(ALIVE);
    expect(report.csv).not.toMatch(ALIVE);
    expect(JSON.stringify(report.rows)).not.toMatch(ALIVE);
  });
});

describe('a table that cannot be made', () => {
  it('is a report with the reason', () => {
    const broken = { ...runResult('conv', 1, 0.5), final: null } as unknown as RunResult;
    const spec: ExperimentSpec = { experiment: 'compare', poolings: ['conv'] };
    const report = reportOf(spec, [broken], { ...context, date: '1970-01-01T00:00:00.000Z' });
    expect(report.text).toMatch(/^The table could not be made: .+results\.json\.$/);
    expect(report.html).toContain('How it was made');
    expect(report.rows).toEqual([{ pooling: 'conv', seed: 1, accuracy: 0.5 }]);
  });
});
