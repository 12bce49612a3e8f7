import { describe, expect, it } from 'vitest';
import { comparisonReport } from '../../src/compare/page.js';
import { comparisonTable } from '../../src/compare/table.js';
import { compareRuns } from '../../src/statistics/comparison.js';
import { formatCount, formatPair, formatShare, formatStrides } from '../../src/text/format.js';
import { runResult } from '../run-result.js';

const results = [
  runResult('conv', 1, 0.5),
  runResult('diffstride', 1, 0.62, [1.52, 1.7]),
  runResult('diffstride', 2, 0.58, [2, 2]),
];

describe('compareRuns', () => {
  it('gives mean and sample deviation by pooling, in the order asked for', () => {
    const rows = compareRuns(results, ['diffstride', 'spectral', 'conv']);
    expect(rows.map(({ pooling }) => pooling)).toEqual(['diffstride', 'conv']);
    expect(rows[0]!.accuracy).toBeCloseTo(0.6, 12);
    expect(rows[0]!.deviation).toBeCloseTo(Math.hypot(0.02, 0.02), 12);
    expect(rows[1]!.deviation).toBeNull();
  });
});

describe('the table and the report', () => {
  const rows = compareRuns(results, ['conv', 'diffstride']);

  it('show every row with its strides before and after', () => {
    const table = comparisonTable(rows);
    expect(table).toContain('60.0 % ± 2.8');
    expect(table).toMatch(/\(3\) → \(1\.5×1\.7\)/);
  });

  it('say that a quick run is not the protocol of the paper, and a full one is', () => {
    const context = {
      preset: 'quick',
      protocol: null,
      command: 'x',
      date: '1970-01-01T00:00:00.000Z',
    };
    const quick = comparisonReport(rows, context);
    const one = comparisonReport(rows.slice(0, 1), context);
    expect(one).not.toContain('Accuracy against');
    expect(one).toContain('Shift consistency is the share of');
    expect(one).toContain('J is the paper’s measure of cost, from the strides alone');
    expect(one).toContain('The maps of DiffStride are larger, by its ramp.');
    expect(quick).toContain('not the paper’s protocol');
    expect(comparisonReport(rows, { ...context, protocol: 'the published recipe' })).not.toContain(
      'not the paper’s',
    );
    // Self-contained: nothing is fetched.
    expect(quick).not.toMatch(/(src|href)="http/);
    expect(quick.match(/<figure>/g)).toHaveLength(8);
    expect(quick).toContain('Accuracy against training time');
    expect(quick).toContain('Accuracy against multiply-adds');
    expect(quick).toContain('1970-01-01 00:00 UTC');
  });

  it('of a run stopped before its first epoch say what they lack, and show the rest', () => {
    const none = { consistency: Number.NaN, diagonal: [0], images: 0, nonFinite: 0, maxShift: 4 };
    const stopped = {
      ...runResult('conv', 1, 0),
      epochs: [],
      steps: [],
      stopped: true,
      shift: none,
    };
    const early = compareRuns([{ ...stopped, imagesPerSecond: Number.NaN }], ['conv']);
    const html = comparisonReport(early, {
      preset: 'quick',
      protocol: null,
      command: 'x',
      date: '1970-01-01T00:00:00.000Z',
    });
    expect(html).toContain('<strong>Accuracy</strong>: this part could not be made');
    expect(html).toContain('no epoch has ended');
    expect(html).toContain('<strong>Loss</strong>: this part could not be made');
    expect(html).toContain('Cost by layer');
    expect(html).not.toMatch(/NaN|Infinity/);
    expect(comparisonTable(early)).toMatch(/│ – +│/);
  });

  it('leave out the figures of strides when none is learned', () => {
    const context = {
      preset: 'quick',
      protocol: null,
      command: 'x',
      date: '1970-01-01T00:00:00.000Z',
    };
    const plain = comparisonReport(compareRuns([runResult('conv', 1, 0.5)], ['conv']), context);
    expect(plain.match(/<figure>/g)).toHaveLength(4);
  });

  it('escape texts from outside', () => {
    const context = {
      preset: 'quick',
      protocol: null,
      command: '<script>',
      date: '1970-01-01T00:00:00.000Z',
    };
    expect(comparisonReport(rows, context)).not.toContain('<script>');
  });
});

describe('numbers for people', () => {
  it.each([
    [formatShare(0.4567), '45.7 %'],
    [formatCount(950), '950'],
    [formatCount(12_345_678), '12.3 M'],
    [formatCount(4_205_515_776), '4.21 G'],
    [formatPair([3, 3]), '3'],
    [formatPair([1.52, 1.7]), '1.5×1.7'],
    [formatStrides({ 'stem.pool': [1, 1], 'stage2.block0.pool': [2, 3] }), '2×3'],
  ])('%s', (got, want) => {
    expect(got).toBe(want);
  });
});
