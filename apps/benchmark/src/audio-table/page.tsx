import { SERIES } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import { runId } from '../config/run-config.js';
import { classResults } from '../report/class-results.js';
import { details } from '../report/details.js';
import { fullSize } from '../report/full-size.js';
import { htmlTable } from '../report/html-table.js';
import { mistakes } from '../report/mistakes.js';
import { nextStepsPart } from '../report/next-steps-part.js';
import { page } from '../report/page.js';
import { figure, part } from '../report/part.js';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import { shortName } from '../report/strides.js';
import { percentAxis } from '../report/value-axis.js';
import type { RunResult } from '../run/run-result.js';
import { compareRuns } from '../statistics/comparison.js';
import { fullScoreName, scoreOf } from '../statistics/score.js';
import { capitalised } from '../text/capitalised.js';
import { formatAccuracy } from '../text/format.js';
import { taskDifferences } from './differences.js';
import { type AudioRow, type AudioTableSpec, rowLabel, runsOfGroup } from './rows.js';

/** A self-contained HTML page of sound tasks, learned alone and together. */
export function audioTablePage(
  rows: AudioRow[],
  spec: AudioTableSpec,
  context: ReportContext,
): string {
  const { groups, poolings } = spec;
  // A run has a row for each of its tasks, and last of all a row of its own.
  const measured = rows.flatMap(({ cells }) => cells.flatMap((cell) => cell.measured.runs));
  const runs = [...new Map(measured.map((run) => [runId(run.config), run])).values()];
  const first = runs[0]!;
  const learned = runs.filter(({ config }) => config.pooling === 'diffstride');
  const title = `${first.dataset}: tasks alone and together`;
  const sections = [
    <h1>{title}</h1>,
    protocol(runs, context),
    part('The table', () =>
      htmlTable(
        ['task', ...poolings],
        rows.map((row) => [
          rowLabel(row),
          ...poolings.map((pooling) => {
            const cell = row.cells.find((one) => one.pooling === pooling);
            return cell ? formatAccuracy(cell.measured) : '';
          }),
        ]),
      ),
    ),
    <p class="note">
      {capitalised(fullScoreName(first.config))}, mean ± sample standard deviation over runs. The
      paper’s five tasks (acoustic scenes, birdsong, instrument, pitch, speech commands) had other
      data or another training: compare poolings here with each other only.
    </p>,
    ...taskDifferences(runs, spec).map((difference) => <p class="note">{difference}</p>),
    figure(
      `${capitalised(fullScoreName(first.config))} by task`,
      () => accuracies(rows, poolings),
      'Dots are runs. Alone: a network for each task; with others: one trunk, a head for each task.',
    ),
    classResults(
      runs,
      ({ config }) => `${config.pooling}${isSeveral(config) ? ' of all tasks together' : ''}`,
    ),
    mistakes(runs),
    nextStepsPart(
      groups.map((group) => ({
        name: group.join(', '),
        rows: compareRuns(runsOfGroup(runs, group), poolings),
      })),
    ),
    ...(learned.length > 0
      ? [
          figure(
            'Strides that DiffStride learned',
            () => learnedStrides(learned),
            'Strides along time and along frequency, for each block and task. All began at ' +
              `${first.config.strides.join(', ')}. Dots are runs.`,
          ),
        ]
      : []),
    part('Strides', () => fullSize(runs)),
    details(runs, context),
  ];
  return page(title, sections);
}

function accuracies(rows: AudioRow[], poolings: string[]) {
  const points = rows
    .filter(({ task }) => task !== null)
    .flatMap((row) =>
      row.cells.flatMap(({ pooling, measured }) =>
        measured.runs.map((run) => ({
          row: rowLabel(row),
          pooling,
          accuracy: 100 * scoreOf(run),
        })),
      ),
    );
  return plotDrawing({
    height: 80 + 34 * new Set(points.map(({ row }) => row)).size,
    marginLeft: 150,
    color: poolingColors(poolings),
    x: percentAxis(
      `${fullScoreName(rows[0]!.cells[0]!.measured.runs[0]!.config)} (%)`,
      points.map(({ accuracy }) => accuracy),
    ),
    y: { label: null, domain: [...new Set(points.map(({ row }) => row))] },
    marks: [
      Plot.dot(points, {
        x: 'accuracy',
        y: 'row',
        fill: 'pooling',
        fillOpacity: 0.8,
        r: 5,
      }),
    ],
  });
}

function learnedStrides(runs: RunResult[]) {
  const points = runs.flatMap(({ config, final }) =>
    Object.entries(final.strides).flatMap(([layer, [time, frequency]]) => [
      { tasks: tasksOf(config), block: shortName(layer), axis: 'time', stride: time },
      { tasks: tasksOf(config), block: shortName(layer), axis: 'frequency', stride: frequency },
    ]),
  );
  return plotDrawing({
    height: 300,
    marginTop: 40,
    color: { domain: ['time', 'frequency'], range: SERIES.slice(0, 2), legend: true },
    fx: { label: null },
    x: { type: 'point', label: 'block' },
    y: { label: 'stride', grid: true, nice: true },
    marks: [
      Plot.ruleY([1], { strokeOpacity: 0.4 }),
      Plot.dot(points, { fx: 'tasks', x: 'block', y: 'stride', fill: 'axis', r: 4 }),
    ],
  });
}

function isSeveral({ sounds }: RunResult['config']): boolean {
  return (sounds?.tasks?.length ?? 1) > 1;
}

function tasksOf({ sounds }: RunResult['config']): string {
  return sounds?.tasks?.join(' + ') ?? '';
}
