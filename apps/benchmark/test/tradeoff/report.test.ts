import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { tradeoffPoints } from '../../src/tradeoff/points.js';
import { tradeoffReport } from '../../src/tradeoff/report.js';
import { runResult } from '../run-result.js';

const context = { preset: 'quick', protocol: null, command: 'ds', date: '1970-01-01T00:00:00Z' };

/** A run of learned strides at λ. Its rounded network has other numbers. */
function learned(lambda: number, seed: number, accuracy: number) {
  const run = runResult('diffstride', seed, accuracy, [2.2, 1.7]);
  return {
    ...run,
    config: { ...run.config, lambda },
    inferenceRate: 500,
    rounded: { accuracy: accuracy - 0.1, macs: 4e5, inferenceRate: 2000, statisticsImages: 2048 },
  };
}

describe('tradeoffPoints', () => {
  it('has a point of means for each λ, then one of the rounded networks', () => {
    const results = [
      learned(1, 1, 0.5),
      learned(0.1, 1, 0.6),
      learned(0.1, 2, 0.8),
      runResult('conv', 1, 0.4),
    ];
    const points = tradeoffPoints(results);
    expect(points.map(({ pooling, lambda, isRounded }) => [pooling, lambda, isRounded])).toEqual([
      ['conv', 0, false],
      ['diffstride', 0.1, false],
      ['diffstride', 0.1, true],
      ['diffstride', 1, false],
      ['diffstride', 1, true],
    ]);
    const [conv, mean, rounded] = points;
    expect(mean).toMatchObject({ macs: 1e6, training: 10, inference: 2 });
    expect(mean!.accuracy).toBeCloseTo(0.7, 12);
    expect(mean!.deviation).toBeCloseTo(Math.SQRT2 / 10, 12);
    expect(rounded).toMatchObject({ macs: 4e5, training: 10, inference: 0.5, deviation: null });
    expect(rounded!.accuracy).toBeCloseTo(0.6, 12);
    // An older run, which did not measure its inference.
    expect(conv!.inference).toBeNaN();
  });

  it('has a point for each stem', () => {
    const run = runResult('conv', 1, 0.4);
    const other = { ...run, config: { ...run.config, strides: [2, 1, 3, 1, 3] } };
    expect(tradeoffPoints([run, other]).map(({ strides }) => strides)).toEqual([
      [3, 1, 3],
      [2, 1, 3, 1, 3],
    ]);
    const { text } = tradeoffReport({ experiment: 'tradeoff' }, [run, other], context);
    expect(text).toContain('│ (3) ');
    expect(text).toContain('│ stem 2, (3) ');
  });
});

describe('tradeoffReport', () => {
  const { text, rows, html } = tradeoffReport(
    { experiment: 'tradeoff' },
    [learned(0.1, 1, 0.6), runResult('conv', 1, 0.4)],
    context,
  );

  it('has accuracy, multiply-adds and times of each point', () => {
    expect(rows).toMatchObject([
      { pooling: 'conv', rounded: false, inferenceMilliseconds: null, trainingMilliseconds: 10 },
      { pooling: 'diffstride', rounded: false, accuracy: 60, inferenceMilliseconds: 2 },
      {
        ...{ pooling: 'diffstride', rounded: true, accuracy: 50, macs: 4e5 },
        ...{ inferenceMilliseconds: 0.5, trainingMilliseconds: null },
        ...{ complexity: null, imagesPerSecond: null },
      },
    ]);
    expect(text).toMatch(/diffstride, rounded .*50\.0 %.*400 k.*0\.50/);
    expect(text).toContain('strided convolutions, statistics recomputed on 2048 training images');
    expect(html).toContain('statistics recomputed on 2048 training images');
  });

  it('joins the points of one pooling only if they begin at the same strides', () => {
    const from = (strides: number[], lambda: number) => {
      const run = learned(lambda, 1, 0.5);
      return { ...run, config: { ...run.config, strides } };
    };
    const results = [
      ...[0.1, 1].map((lambda) => from([1, 1, 2, 2, 2], lambda)),
      ...[0.1, 1].map((lambda) => from([1, 1, 3, 1, 3], lambda)),
      from([1, 1, 3, 3, 3], 0),
    ];
    const page = tradeoffReport({ experiment: 'tradeoff' }, results, context).html;
    const { document } = parseHTML(page);
    const plot = document.querySelector('svg.plot[width]')!;
    expect(plot.querySelectorAll('[aria-label="line"] path')).toHaveLength(2);
    const labels = [...plot.querySelectorAll('[aria-label="text"] text')];
    expect(labels.map(({ textContent }) => textContent).filter(Boolean)).toEqual([
      'λ 0.1',
      'λ 0.1',
      'λ 1',
      'λ 1',
      '3, 3, 3',
    ]);
  });

  it('has a figure over multiply-adds, over each measured time, and over J', () => {
    for (const title of ['multiply-adds', 'time to classify', 'training time', 'J']) {
      expect(html).toContain(`<h2>Accuracy and ${title}</h2>`);
    }
    expect(html).not.toContain('could not be made');
    const { html: older } = tradeoffReport(
      { experiment: 'tradeoff' },
      [runResult('conv', 1, 0.4)],
      context,
    );
    expect(older).not.toContain('Accuracy and time to classify');
  });
});
