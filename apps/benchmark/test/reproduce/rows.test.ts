import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { runId } from '../../src/config/run-config.js';
import { reproduceReport } from '../../src/reproduce/report.js';
import { reproducedRows } from '../../src/reproduce/rows.js';
import { runResult } from '../run-result.js';

const context = { preset: 'quick', protocol: null, command: 'ds', date: '1970-01-01T00:00:00Z' };

/** Results of 1,000 test images, and a specification that stored these scores of them. */
function made(scores: [stored: number, remade: number][]) {
  const results = scores.map(([, remade], seed) => ({
    ...runResult('spectral', seed, remade),
    images: { train: 10, test: 1000, available: { train: 10, test: 1000 } },
    dataHash: 'a',
  }));
  const stored = Object.fromEntries(
    results.map(({ config }, i) => [
      runId(config),
      {
        score: scores[i]![0],
        shiftConsistency: null,
        macs: 1,
        seconds: 60,
        dataHash: 'a',
        environment: {},
      },
    ]),
  );
  return { results, spec: { experiment: 'reproduce' as const, title: 'A table', stored } };
}

describe('reproducedRows', () => {
  it('distinguishes equal scores from differences below and above the noise of the test', () => {
    // 1.96·√(2 · 0.25 / 1000) = 0.0438.
    const { results, spec } = made([
      [0.5, 0.5],
      [0.5, 0.501],
      [0.5, 0.4563],
      [0.5, 0.5439],
    ]);
    const rows = reproducedRows(results, spec);
    expect(rows.map(({ verdict }) => verdict)).toEqual([
      'equal',
      'within noise',
      'within noise',
      'different',
    ]);
    expect(rows[0]!.noise).toBeCloseTo(0.043827, 6);
  });

  it('says whether the data were the same', () => {
    const { results, spec } = made([[0.5, 0.5]]);
    const same = (dataHash?: string) =>
      reproducedRows([{ ...results[0]!, dataHash }], spec)[0]!.sameData;
    expect([same('a'), same('b'), same(undefined)]).toEqual([true, false, null]);
  });
});

describe('reproduceReport', () => {
  it('shows both scores, the difference and what it means', () => {
    const { results, spec } = made([
      [0.5, 0.5],
      [0.5, 0.45],
    ]);
    results[1]!.dataHash = 'b';
    const { text, rows, csv, html } = reproduceReport(spec, results, context);
    expect(text).toMatch(/spectral \(3, 1, 3\), seed 0 .*50\.0 %.*50\.0 %.* 0 .*±4\.38.*equal/);
    expect(text).toMatch(/seed 1 .*45\.0 %.*−5\.00.*different, other data/);
    expect(text).toContain(
      'Of 2 runs, 1 equal the stored number, 0 differ within the noise of the test, and 1 differ by more.',
    );
    expect(rows[1]).toMatchObject({ stored: 50, remade: 45, storedSeconds: 60, seconds: 3 });
    expect(csv.split('\n')[0]).toContain('stored,remade');
    expect(html).toContain('Made again: A table');
  });

  it('has a separate line for each run of the figure', () => {
    const { results } = made([[0.5, 0.5]]);
    const twice = [results[0]!, results[0]!].map((result, i) => ({
      ...result,
      config: { ...result.config, poolingConfig: { smoothness: 1 + 3 * i } },
    }));
    const stored = Object.fromEntries(
      twice.map(({ config }) => [
        runId(config),
        { score: 0.5, shiftConsistency: null, macs: 1, seconds: 60, environment: {} },
      ]),
    );
    const spec = { experiment: 'reproduce' as const, title: 'A table', stored };
    const { html } = reproduceReport(spec, twice, context);
    const { document } = parseHTML(html);
    const ticks = [...document.querySelectorAll('[aria-label="y-axis tick label"] text')];
    expect(ticks.map((tick) => tick.textContent)).toEqual([
      'spectral (3, 1, 3), seed 0,smoothness 1',
      'spectral (3, 1, 3), seed 0,smoothness 4',
    ]);
  });
});
