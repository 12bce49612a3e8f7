import * as Plot from '@observablehq/plot';
import { scoredSet } from '../data/held-out.js';
import { details } from '../report/details.js';
import { fullSize } from '../report/full-size.js';
import { htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure, part } from '../report/part.js';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import { percentAxis } from '../report/value-axis.js';
import type { ComparisonRow } from '../statistics/comparison.js';
import { fullScoreName } from '../statistics/score.js';
import { formatAccuracy, formatShare } from '../text/format.js';
import { wordingOf } from '../text/wording.js';
import { mapPlot } from './map-plot.js';
import { shiftPlot } from './plot.js';

/** A self-contained HTML page of shift consistency. The most consistent pooling is first. */
export function shiftPage(rows: ComparisonRow[], context: ReportContext): string {
  const runs = rows.flatMap((row) => row.runs);
  const first = runs[0]!;
  const shift = runs.find((run) => run.shift)?.shift;
  const { thing, things, axes, step } = wordingOf(first.config);
  // Results of earlier versions have no maps.
  const hasMaps = runs.some((run) => run.shift?.equivariance);
  const shown = first.sound ? 'spectrograms' : 'images';
  const sections = [
    <h1>{first.dataset}: predictions under small shifts</h1>,
    protocol(runs, context),
    figure(
      'Consistency',
      () => consistencyPlot(rows),
      shift
        ? `Share of ${shift.images} ${scoredSet(first.config)} ` +
            `${shift.images === 1 ? thing : things} that get the same class twice, shifted ` +
            `circularly by up to ${shift.maxShift} ${step}s each time (Zhang 2019). ` +
            'Circles are runs, bars their means. “Circular” networks repeat the ' +
            `${thing} beyond its border. Only they can ignore circular shifts.`
        : 'No run has measured shifts yet.',
    ),
    figure(
      'Along a diagonal',
      () => shiftPlot(rows),
      `Mean probability of the right class as ${shown} are shifted along ${axes.join(' and ')} by whole ${step}s, circularly; thin lines are runs.`,
    ),
    figure(
      'Consistency and accuracy',
      () => consistencyAndAccuracy(rows),
      'A network with constant predictions is consistent too, so both measures matter.',
    ),
    ...(hasMaps ? (['whole', 'half'] as const) : []).map((by) =>
      figure(
        by === 'whole' ? `Maps, one ${step} later` : `Maps, half a ${step} later`,
        () => mapPlot(rows, by),
        `The distance between the map of a shifted ${thing} and the shifted map, relative to the ` +
          `map. Shifts are circular, along ${axes.join(' and ')}. 0 means that the map shifts ` +
          'exactly. Lines are runs.',
      ),
    ),
    <h2>All poolings and borders</h2>,
    part('The table', () =>
      htmlTable(
        ['pooling', 'shift consistency', fullScoreName(first.config), 'runs'],
        rows.map((row) => [
          row.pooling,
          formatShare(row.shiftConsistency),
          formatAccuracy(row),
          row.runs.length,
        ]),
      ),
    ),
    part('Strides', () => fullSize(runs)),
    details(runs, context),
  ];
  return page(`${first.dataset}: predictions under small shifts`, sections);
}

function consistencyPlot(rows: ComparisonRow[]) {
  const runs = rows.flatMap(({ pooling, runs: each }) =>
    each.flatMap(({ shift }) => (shift ? [{ pooling, consistency: 100 * shift.consistency }] : [])),
  );
  const lowest = Math.min(100, ...runs.map(({ consistency }) => consistency));
  return plotDrawing({
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

function consistencyAndAccuracy(rows: ComparisonRow[]) {
  const points = rows.map(({ pooling, accuracy, shiftConsistency }) => ({
    pooling,
    accuracy: 100 * accuracy,
    consistency: 100 * shiftConsistency,
  }));
  return plotDrawing({
    height: 360,
    marginRight: 90,
    color: { ...poolingColors(rows.map(({ pooling }) => pooling)), legend: false },
    x: percentAxis(
      `${fullScoreName(rows[0]!.runs[0]!.config)} (%)`,
      points.map(({ accuracy }) => accuracy),
    ),
    y: percentAxis(
      'equal predictions under shifts (%)',
      points.map(({ consistency }) => consistency),
    ),
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
