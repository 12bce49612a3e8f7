import * as Plot from '@observablehq/plot';
import { formatCell, type PaperTableRow } from '../paper-table/paper-table.js';
import { escapeHtml, page } from './html.js';
import { plotSvg, poolingColors } from './plot-svg.js';
import { details, protocol, type ReportContext } from './report.js';

/** The paper's table as it came out, as one self-contained HTML page. */
export function paperTableReport(
  rows: PaperTableRow[],
  poolings: string[],
  context: ReportContext,
): string {
  const runs = rows.flatMap(({ cells }) => cells.flatMap(({ measured }) => measured.runs));
  const first = runs[0]!;
  const title = `${first.dataset}: accuracy by initial strides`;
  const sections = [
    `<h1>${escapeHtml(title)}</h1>`,
    protocol(first, runs, context),
    table(rows, poolings),
    '<p class="note">Test accuracy, mean ± sample standard deviation over seeds; in brackets what the paper prints (Riad et al., ICLR 2022, ResNet-18 after 400 epochs on all images).</p>',
    `<h2>From good strides to poor ones</h2>\n<figure>${accuracies(rows, poolings)}<figcaption>Full dots are means over seeds, small circles single runs.</figcaption></figure>`,
    `<h2>What the paper prints</h2>\n<figure>${printed(rows, poolings)}<figcaption>The paper’s own values, at its own size and length: compare the shapes, not the heights.</figcaption></figure>`,
    details(runs, context),
  ];
  return page(title, sections.join('\n'));
}

function table(rows: PaperTableRow[], poolings: string[]): string {
  const body = rows.map(({ strides, cells }) => {
    const columns = poolings.map((pooling) => {
      const cell = cells.find(({ measured }) => measured.pooling === pooling);
      return `<td>${cell ? formatCell(cell) : ''}</td>`;
    });
    return `<tr><td>(${strides.join(', ')})</td>${columns.join('')}</tr>`;
  });
  const head = ['initial strides', ...poolings].map((name) => `<th>${escapeHtml(name)}</th>`);
  return `<div class="scroll"><table>\n<thead><tr>${head.join('')}</tr></thead>\n<tbody>${body.join('\n')}</tbody>\n</table></div>`;
}

const labelOf = (strides: number[]) => strides.join(', ');

function accuracies(rows: PaperTableRow[], poolings: string[]): string {
  const means = rows.flatMap(({ strides, cells }) =>
    cells.map(({ measured: { pooling, accuracy } }) => ({
      strides: labelOf(strides),
      pooling,
      accuracy: 100 * accuracy,
    })),
  );
  const single = rows.flatMap(({ strides, cells }) =>
    cells.flatMap(({ measured: { pooling, runs } }) =>
      runs.map(({ accuracy }) => ({
        strides: labelOf(strides),
        pooling,
        accuracy: 100 * accuracy,
      })),
    ),
  );
  return plotSvg({
    height: 320,
    color: poolingColors(poolings),
    x: strideAxis(rows),
    y: { label: 'test accuracy (%)', grid: true, nice: true },
    marks: [
      Plot.dot(single, {
        x: 'strides',
        y: 'accuracy',
        stroke: 'pooling',
        r: 2,
        strokeOpacity: 0.6,
      }),
      Plot.line(means, { x: 'strides', y: 'accuracy', stroke: 'pooling' }),
      Plot.dot(means, { x: 'strides', y: 'accuracy', fill: 'pooling', r: 4 }),
    ],
  });
}

function printed(rows: PaperTableRow[], poolings: string[]): string {
  const points = rows.flatMap(({ strides, cells }) =>
    cells.flatMap(({ measured: { pooling }, paper }) =>
      paper === null ? [] : [{ strides: labelOf(strides), pooling, accuracy: paper }],
    ),
  );
  return plotSvg({
    height: 260,
    color: poolingColors(poolings),
    x: strideAxis(rows),
    y: { label: 'test accuracy (%)', grid: true, nice: true },
    marks: [
      Plot.line(points, { x: 'strides', y: 'accuracy', stroke: 'pooling', strokeDasharray: '4 3' }),
      Plot.dot(points, { x: 'strides', y: 'accuracy', stroke: 'pooling', r: 4 }),
    ],
  });
}

function strideAxis(rows: PaperTableRow[]): Plot.ScaleOptions {
  return {
    type: 'point',
    label: 'initial strides of stages 2 to 4',
    domain: rows.map(({ strides }) => labelOf(strides)),
  };
}
