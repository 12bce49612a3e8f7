import { SERIES } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import { details } from '../report/details.js';
import { fullSize } from '../report/full-size.js';
import { cellLines, htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure, part } from '../report/part.js';
import { plotDrawing } from '../report/plot-drawing.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import { COMPLEXITY, SHIFT_CONSISTENCY } from '../report/terms.js';
import { percentAxis } from '../report/value-axis.js';
import { fullScoreName, scoreOf } from '../statistics/score.js';
import { formatAccuracy, formatCount, formatShare, formatStrideChange } from '../text/format.js';
import { wordingOf } from '../text/wording.js';
import type { GridRow } from './rows.js';

/** A self-contained HTML page of a sweep's table and accuracies. */
export function gridPage(
  name: string,
  axes: string[],
  rows: GridRow[],
  context: ReportContext,
): string {
  const runs = rows.flatMap(({ summary }) => summary.runs);
  const first = runs[0]!;
  const { thing } = wordingOf(first.config);
  const sections = [
    <h1>{name}</h1>,
    protocol(runs, context),
    part('The table', () =>
      htmlTable(
        [
          ...axes,
          fullScoreName(first.config),
          'runs',
          'shift consistency',
          'J',
          `MACs/${thing}`,
          'initial → final strides',
        ],
        rows.map(({ values, summary }) => [
          ...values,
          formatAccuracy(summary),
          `${summary.runs.length}`,
          formatShare(summary.shiftConsistency),
          summary.complexity.toFixed(2),
          formatCount(summary.macs),
          cellLines([...new Set(summary.runs.map(formatStrideChange))]),
        ]),
      ),
    ),
    <p class="note">
      Mean ± sample standard deviation over seeds. {SHIFT_CONSISTENCY} {COMPLEXITY}
    </p>,
    figure(
      'Accuracy',
      () => accuracies(axes, rows),
      'Full dots are means, small circles single runs.',
    ),
    part('Strides', () => fullSize(runs)),
    details(runs, context),
  ];
  return page(name, sections);
}

function accuracies(axes: string[], rows: GridRow[]) {
  const labelOf = ({ values }: GridRow) => values.join(' · ') || 'all';
  const means = rows.map((row) => ({ point: labelOf(row), accuracy: 100 * row.summary.accuracy }));
  const single = rows.flatMap((row) =>
    row.summary.runs.map((run) => ({ point: labelOf(row), accuracy: 100 * scoreOf(run) })),
  );
  return plotDrawing({
    height: 70 + 22 * rows.length,
    marginLeft: 30 + 7 * Math.max(...means.map(({ point }) => point.length)),
    x: percentAxis(
      `${fullScoreName(rows[0]!.summary.runs[0]!.config)} (%)`,
      single.map(({ accuracy }) => accuracy),
    ),
    y: {
      label: axes.join(' · '),
      type: 'point',
      domain: means.map(({ point }) => point),
      grid: true,
    },
    marks: [
      Plot.dot(single, { x: 'accuracy', y: 'point', stroke: SERIES[1]!, r: 2.5 }),
      Plot.dot(means, { x: 'accuracy', y: 'point', fill: SERIES[1]!, r: 4.5 }),
    ],
  });
}
