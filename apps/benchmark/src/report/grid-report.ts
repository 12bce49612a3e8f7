import * as Plot from '@observablehq/plot';
import type { GridRow } from '../experiments/grid.js';
import { formatAccuracy, formatCount, formatShare, formatStrideChange } from '../format.js';
import { escapeHtml, htmlTable, page } from './html.js';
import { COLORS, plotSvg } from './plot-svg.js';
import { details, figure, protocol, type ReportContext } from './report.js';

/** A sweep's table and its accuracies, as one self-contained HTML page. */
export function gridPage(
  name: string,
  axes: string[],
  rows: GridRow[],
  context: ReportContext,
): string {
  const runs = rows.flatMap(({ summary }) => summary.runs);
  const first = runs[0]!;
  const sections = [
    `<h1>${escapeHtml(name)}</h1>`,
    protocol(first, runs, context),
    htmlTable(
      [
        ...axes.map(escapeHtml),
        'test accuracy',
        'runs',
        'shift consistency',
        'J',
        'MACs/image',
        'initial → final strides',
      ],
      rows.map(({ values, summary }) => [
        ...values.map(escapeHtml),
        formatAccuracy(summary),
        `${summary.runs.length}`,
        formatShare(summary.shiftConsistency),
        summary.complexity.toFixed(2),
        formatCount(summary.macs),
        [...new Set(summary.runs.map(formatStrideChange))].join('<br>'),
      ]),
    ),
    '<p class="note">Mean ± sample standard deviation over seeds.</p>',
    figure('Accuracy', accuracies(axes, rows), 'Full dots are means, small circles single runs.'),
    details(runs, context),
  ];
  return page(name, sections.join('\n'));
}

function accuracies(axes: string[], rows: GridRow[]): string {
  const labelOf = ({ values }: GridRow) => values.join(' · ') || 'all';
  const means = rows.map((row) => ({ point: labelOf(row), accuracy: 100 * row.summary.accuracy }));
  const single = rows.flatMap((row) =>
    row.summary.runs.map(({ accuracy }) => ({ point: labelOf(row), accuracy: 100 * accuracy })),
  );
  return plotSvg({
    height: 70 + 22 * rows.length,
    marginLeft: 30 + 7 * Math.max(...means.map(({ point }) => point.length)),
    x: { label: 'test accuracy (%)', grid: true, nice: true },
    y: {
      label: axes.join(' · '),
      type: 'point',
      domain: means.map(({ point }) => point),
      grid: true,
    },
    marks: [
      Plot.dot(single, { x: 'accuracy', y: 'point', stroke: COLORS[4]!, r: 2.5 }),
      Plot.dot(means, { x: 'accuracy', y: 'point', fill: COLORS[4]!, r: 4.5 }),
    ],
  });
}
