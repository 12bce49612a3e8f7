import * as Plot from '@observablehq/plot';
import { details } from '../report/details.js';
import { cellLines, htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure, part } from '../report/part.js';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import { percentAxis } from '../report/value-axis.js';
import type { RunResult } from '../run/run-result.js';
import { cellsOf, HEAD, sentence } from './cells.js';
import type { ReproducedRow } from './rows.js';

/** A self-contained HTML page that compares stored numbers with those of the repeated runs. */
export function reproducePage(
  title: string,
  rows: ReproducedRow[],
  runs: RunResult[],
  context: ReportContext,
): string {
  return page(`Made again: ${title}`, [
    <h1>Made again: {title}</h1>,
    protocol(runs, context),
    part('The table', () =>
      htmlTable(
        HEAD,
        rows.map((row) => [cellLines(nameLines(row)), ...cellsOf(row).slice(1)]),
      ),
    ),
    <p>{sentence(rows)}</p>,
    figure(
      'Stored and made again',
      () => scores(rows),
      'Hollow dots are stored scores, with the noise of the test around them. Full dots are the ' +
        'scores of the same runs, made again.',
    ),
    <p class="note">
      Test scores. A difference below the noise is no evidence of different networks, at this number
      of test examples (95 %). The same code, Node and kind of processor give equal numbers; others
      round differently, and a training amplifies this.
    </p>,
    details(runs, context),
  ]);
}

/** The name of a run. A second line has its differences from runs of the same name. */
function nameLines({ name }: ReproducedRow): string[] {
  return name.split(/(?<=seed \S+,) /);
}

function scores(rows: ReproducedRow[]) {
  const dots = rows.map((row) => {
    const [stored, remade, noise] = [row.stored, row.remade, row.noise].map((share) => 100 * share);
    return { ...row, stored: stored!, remade: remade!, noise: noise! };
  });
  const names = new Map(rows.map((row) => [row.run, nameLines(row).join('\n')]));
  const lines = rows.flatMap(nameLines);
  return plotDrawing({
    height: 70 + (lines.length > rows.length ? 36 : 24) * rows.length,
    marginLeft: 30 + 7 * Math.max(...lines.map((line) => line.length)),
    color: poolingColors([...new Set(rows.map(({ pooling }) => pooling))]),
    x: percentAxis(
      'test score (%)',
      dots.flatMap(({ stored, remade, noise }) => [stored - noise, stored + noise, remade]),
    ),
    y: {
      label: null,
      type: 'point',
      domain: [...names.keys()],
      tickFormat: (run: string) => names.get(run)!,
      grid: true,
    },
    marks: [
      Plot.ruleY(dots, {
        y: 'run',
        x1: ({ stored, noise }) => stored - noise,
        x2: ({ stored, noise }) => stored + noise,
        stroke: 'pooling',
        strokeOpacity: 0.5,
      }),
      Plot.dot(dots, { x: 'stored', y: 'run', stroke: 'pooling', r: 5 }),
      Plot.dot(dots, { x: 'remade', y: 'run', fill: 'pooling', r: 3 }),
    ],
  });
}
