import * as Plot from '@observablehq/plot';
import { htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure } from '../report/part.js';
import { plotDrawing, seriesColors } from '../report/plot-drawing.js';
import { cells, type FftResult } from './fft-table.js';

/** The table, and the growth of the times with n. */
export function fftReport(result: FftResult): string {
  const { rows, contenders, machine, date, command } = result;
  const names = contenders.map(({ name }) => name);
  const compared = contenders.map(({ name, version }) => `${name} (${version})`).join(', ');
  return page('Real FFTs', [
    <h1>Real FFTs, side by side</h1>,
    <p>
      {`${compared} on ${machine}. Contenders alternate, try by try. ` +
        'Times are medians with 10th and 90th percentiles. ' +
        `Ratios are medians of pairs: ×2 is twice as long as ${names[0]}. ` +
        'Plans are created before timing starts.'}
    </p>,
    [...new Set(rows.map(({ group }) => group))].map((group) => [
      <h2>{group}</h2>,
      htmlTable(
        ['length', ...names],
        rows.filter((row) => row.group === group).map((row) => cells(row, names)),
      ),
    ]),
    figure(
      'Growth',
      () => growth(result),
      'Time over n · log₂ n. A flat line means n log n growth; a rising line, cache misses.',
    ),
    <h2>How it was made</h2>,
    <pre>
      <code>{command}</code>
    </pre>,
    <p class="note">{date.slice(0, 10)}</p>,
  ]);
}

function growth({ rows, contenders }: FftResult) {
  const names = contenders.map(({ name }) => name);
  const points = rows
    .filter(({ group, shape }) => group === 'powers of two' && shape[0]! >= 256)
    .flatMap(({ shape: [n], times }) =>
      names.flatMap((name) =>
        times[name]
          ? [{ n: n!, name, share: (1e6 * times[name].median) / (n! * Math.log2(n!)) }]
          : [],
      ),
    );
  return plotDrawing({
    height: 340,
    color: seriesColors(names),
    x: { type: 'log', base: 2, label: 'length n' },
    y: { label: 'nanoseconds / (n · log₂ n)', grid: true, zero: true },
    marks: [
      Plot.line(points, { x: 'n', y: 'share', stroke: 'name', z: 'name' }),
      Plot.dot(points, { x: 'n', y: 'share', fill: 'name', r: 2.5 }),
    ],
  });
}
