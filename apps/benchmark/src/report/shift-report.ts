import * as Plot from '@observablehq/plot';
import type { ComparisonRow } from '../comparison.js';
import { formatAccuracy, formatShare } from '../format.js';
import { escapeHtml, htmlTable, page } from './html.js';
import { plotSvg, poolingColors } from './plot-svg.js';
import { details, figure, protocol, type ReportContext } from './report.js';
import { shiftPlot } from './shift.js';

/** Shift consistency of every pooling, as one self-contained HTML page; rows from the most consistent on. */
export function shiftPage(rows: ComparisonRow[], context: ReportContext): string {
  const runs = rows.flatMap((row) => row.runs);
  const first = runs[0]!;
  const shift = runs.find((run) => run.shift)?.shift;
  const sections = [
    `<h1>${escapeHtml(first.dataset)}: predictions under small shifts</h1>`,
    protocol(first, runs, context),
    figure(
      'Consistency',
      consistencyPlot(rows),
      shift
        ? `Share of ${shift.images} test images that get the same class twice, shifted circularly by up to ${shift.maxShift} pixels each time (Zhang 2019). Circles are runs, bars their means.`
        : 'No run has come to its shifts yet.',
    ),
    figure(
      'Along a diagonal',
      shiftPlot(rows),
      'Mean probability of the right class as images are shifted down and right by whole pixels, circularly; thin lines are runs.',
    ),
    figure(
      'Consistency and accuracy',
      consistencyAndAccuracy(rows),
      'A network that always says the same is consistent: both count.',
    ),
    '<h2>All poolings</h2>',
    htmlTable(
      ['pooling', 'shift consistency', 'test accuracy', 'runs'],
      rows.map((row) => [
        escapeHtml(row.pooling),
        formatShare(row.shiftConsistency),
        formatAccuracy(row),
        `${row.runs.length}`,
      ]),
    ),
    details(runs, context),
  ];
  return page(`${first.dataset}: predictions under small shifts`, sections.join('\n'));
}

function consistencyPlot(rows: ComparisonRow[]): string {
  const runs = rows.flatMap(({ pooling, runs: each }) =>
    each.flatMap(({ shift }) => (shift ? [{ pooling, consistency: 100 * shift.consistency }] : [])),
  );
  const lowest = Math.min(100, ...runs.map(({ consistency }) => consistency));
  return plotSvg({
    height: 60 + 24 * rows.length,
    marginLeft: 110,
    color: { ...poolingColors(rows.map(({ pooling }) => pooling)), legend: false },
    x: {
      label: 'equal predictions (%)',
      grid: true,
      domain: [Math.max(0, Math.floor(lowest / 10) * 10 - 10), 100],
    },
    y: { label: null, domain: rows.map(({ pooling }) => pooling) },
    marks: [
      Plot.barX(rows, {
        y: 'pooling',
        x1: Math.max(0, Math.floor(lowest / 10) * 10 - 10),
        x2: ({ shiftConsistency }: ComparisonRow) => 100 * shiftConsistency,
        fill: 'pooling',
        fillOpacity: 0.6,
        inset: 1,
      }),
      Plot.dot(runs, { y: 'pooling', x: 'consistency', stroke: 'currentColor', r: 2.5 }),
    ],
  });
}

function consistencyAndAccuracy(rows: ComparisonRow[]): string {
  const points = rows.map(({ pooling, accuracy, shiftConsistency }) => ({
    pooling,
    accuracy: 100 * accuracy,
    consistency: 100 * shiftConsistency,
  }));
  return plotSvg({
    height: 360,
    marginRight: 90,
    color: { ...poolingColors(rows.map(({ pooling }) => pooling)), legend: false },
    x: { label: 'test accuracy (%)', grid: true, nice: true },
    y: { label: 'equal predictions under shifts (%)', grid: true, nice: true },
    marks: [
      Plot.dot(points, { x: 'accuracy', y: 'consistency', fill: 'pooling', r: 5 }),
      Plot.text(points, {
        x: 'accuracy',
        y: 'consistency',
        text: 'pooling',
        fill: 'currentColor',
        dx: 8,
        textAnchor: 'start',
        fontSize: 11,
      }),
    ],
  });
}
