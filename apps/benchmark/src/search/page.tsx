import * as Plot from '@observablehq/plot';
import { scoredExamples } from '../data/held-out.js';
import { details } from '../report/details.js';
import { fullSize } from '../report/full-size.js';
import { htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure, part } from '../report/part.js';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import { percentAxis } from '../report/value-axis.js';
import type { RunResult } from '../run/run-result.js';
import { fullScoreName, scoreOf } from '../statistics/score.js';
import { formatCount, formatShare, formatStrides } from '../text/format.js';
import type { SearchOutcome, SearchPoint } from './rows.js';

/** A self-contained HTML page that compares searched and learned strides. */
export function searchPage(
  { rows, points }: SearchOutcome,
  results: RunResult[],
  context: ReportContext,
): string {
  const first = results[0]!;
  const sections = [
    <h1>{first.dataset}: strides searched and strides learned</h1>,
    protocol(results, context),
    figure(
      'Best accuracy against training compute',
      () => searchPlot(points, fullScoreName(first.config)),
      'Each search trains one network after another and keeps the best. The first network counts ' +
        'at any cost. The learned run shows its accuracy after each epoch. All are scored on the ' +
        `same ${scoredExamples(first.config)}, which favours the search with the most networks. ` +
        'Training is counted as three times the forward multiply-adds.',
    ),
    part('The table', () =>
      htmlTable(
        [
          'strides chosen by',
          'runs',
          'multiply-adds of training',
          `best ${fullScoreName(first.config)}`,
          'its strides',
        ],
        rows.map(({ method, runs, macs, accuracy, strides }) => [
          method,
          `${runs}`,
          formatCount(macs),
          formatShare(accuracy),
          strides,
        ]),
      ),
    ),
    <h2>All runs</h2>,
    part('The table of all runs', () =>
      htmlTable(
        ['pooling', 'strides', fullScoreName(first.config)],
        results
          .toSorted((a, b) => scoreOf(b) - scoreOf(a))
          .map((result) => [
            result.config.pooling,
            formatStrides(result.final.strides),
            formatShare(scoreOf(result)),
          ]),
      ),
    ),
    part('Strides', () => fullSize(results)),
    details(results, context),
  ];
  return page(`${first.dataset}: strides searched and learned`, sections);
}

function searchPlot(points: SearchPoint[], score: string) {
  const methods = [...new Set(points.map(({ method }) => method))];
  const drawn = points.map(({ method, macs, accuracy }) => ({
    method,
    compute: macs / 1e12,
    accuracy: 100 * accuracy,
  }));
  return plotDrawing({
    height: 360,
    color: poolingColors(methods),
    x: {
      label: 'training compute (10¹² multiply-adds)',
      grid: true,
      domain: [0, Math.max(...drawn.map(({ compute }) => compute))],
      nice: true,
    },
    y: percentAxis(
      `best ${score} so far (%)`,
      drawn.map(({ accuracy }) => accuracy),
    ),
    marks: [
      Plot.line(drawn, {
        x: 'compute',
        y: 'accuracy',
        stroke: 'method',
        z: 'method',
        curve: 'step-after',
        strokeWidth: 1.6,
      }),
      Plot.dot(drawn, { x: 'compute', y: 'accuracy', fill: 'method', r: 3.5 }),
    ],
  });
}
