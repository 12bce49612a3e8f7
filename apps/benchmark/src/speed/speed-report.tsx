import * as Plot from '@observablehq/plot';
import { page } from '../report/page.js';
import { figure } from '../report/part.js';
import { plotDrawing, seriesColors } from '../report/plot-drawing.js';
import { peakSentences } from './peak-sentences.js';
import type { SpeedResult } from './speed-result.js';
import { formatRate, formatRatio, formatTiming, isTiming } from './speed-table.js';
import { type Speedup, speedupSentence } from './speedup.js';

/** Renders the result as one self-contained HTML page. */
export function speedReport(result: SpeedResult): string {
  const contenders = result.contenders.map(({ name, version }) => `${name} (${version})`);
  const sections = [
    <h1>Speed</h1>,
    <p>
      {[
        `${contenders.join(', ')} on ${result.machine}.`,
        'Times are medians, with tenth and ninetieth percentiles.',
        'Contenders take turns, try by try. Ratios are medians of pairs.',
        ...peakSentences(result),
      ].join(' ')}
    </p>,
    table(result),
    replicasPart(result.speedups),
    ...[...new Set(result.scaling.map(({ axis }) => axis))].map((axis) => curve(result, axis)),
    <h2>How it was made</h2>,
    <pre>
      <code>{result.command}</code>
    </pre>,
    <p class="note">{`${result.date}, commit ${result.commit}.`}</p>,
  ];
  return page('Speed', sections);
}

function table({ rows, contenders, peak }: SpeedResult) {
  const [first, ...others] = contenders.map(({ name }) => name);
  const groups = [...new Set(rows.map((row) => row.case.group))];
  const body = groups.map((group) => {
    const lines = rows
      .filter((row) => row.case.group === group)
      .map((row) => {
        const own = row.timings[first!];
        const rate = isTiming(own) && own.gflops !== null ? formatRate(own.gflops, peak) : '';
        const compared = others.map((name) => {
          const timing = row.timings[name];
          const why = timing && !isTiming(timing) ? timing.cannot : '';
          return <td title={why}>{formatRatio(timing)}</td>;
        });
        return (
          <tr>
            <td>{row.case.name}</td>
            <td>{isTiming(own) ? formatTiming(own) : '–'}</td>
            <td>{rate}</td>
            {compared}
          </tr>
        );
      });
    return [
      <tr>
        <th colSpan={3 + others.length}>{group}</th>
      </tr>,
      ...lines,
    ];
  });
  return (
    <>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>case</th>
              <th>{first}</th>
              <th>GFLOP/s (of peak)</th>
              {others.map((name) => (
                <th>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>{body}</tbody>
        </table>
      </div>
      <p class="note">
        ×3.2 means 3.2 times as long. "cannot": an op or its gradient is missing there, or it would
        take minutes; the reason is the cell's tooltip.
      </p>
    </>
  );
}

/** Sentences on the speedup by replicas, if it was measured. */
function replicasPart(speedups: Speedup[]) {
  if (speedups.length === 0) return null;
  return (
    <>
      <h2>Replicas</h2>
      <ul>
        {speedups.map((speedup) => (
          <li>{speedupSentence(speedup)}</li>
        ))}
      </ul>
    </>
  );
}

function curve({ scaling }: SpeedResult, axis: string) {
  const points = scaling
    .filter((point) => point.axis === axis)
    .flatMap(({ value, row }) =>
      Object.entries(row.timings).flatMap(([name, timing]) =>
        isTiming(timing)
          ? [{ value, ms: timing.median, name, group: row.case.group.replace(/ over .*/, '') }]
          : [],
      ),
    );
  const draw = () =>
    plotDrawing({
      height: 320,
      color: seriesColors([...new Set(points.map(({ name }) => name))]),
      x: {
        type: 'log',
        label: `${axis} →`,
        tickFormat: 'd',
        ticks: [...new Set(points.map(({ value }) => value))],
      },
      y: { type: 'log', label: '↑ milliseconds', grid: true },
      fx: { label: null },
      marks: [
        Plot.line(points, { x: 'value', y: 'ms', stroke: 'name', z: 'name', fx: 'group' }),
        Plot.dot(points, { x: 'value', y: 'ms', fill: 'name', fx: 'group', r: 3 }),
      ],
    });
  return figure(
    `Over ${axis}`,
    draw,
    `${axis === 'replicas' ? 'Width 16, batch 64' : 'Around [16, 32, 32, 32]'}; both axes are logarithmic.`,
  );
}
