import * as Plot from '@observablehq/plot';
import type { RunConfig } from '../config/run-config.js';
import { scoredSet } from '../data/held-out.js';
import { details } from '../report/details.js';
import { fullSize } from '../report/full-size.js';
import { htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { differenceNotes } from '../report/paired-difference-notes.js';
import { figure, part } from '../report/part.js';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import { percentAxis } from '../report/value-axis.js';
import { fullScoreName } from '../statistics/score.js';
import { capitalised } from '../text/capitalised.js';
import { formatCell, type PaperTableRow, strideLabel, type TableSpec } from './paper-table.js';

/** The settings of the paper's published values. */
const PRINTED: Record<TableSpec['table'], string> = {
  cifar10: 'CIFAR-10: ResNet-18 of width 64 on all images, 400 epochs',
  cifar100: 'CIFAR-100: ResNet-18 of width 64 on all images, 400 epochs',
  imagenet:
    'ImageNet: ResNet-18 of width 64 on all images, top-1; only the means over the six rows are available',
};

/** A self-contained HTML page of a reproduced table. */
export function paperTableReport(
  rows: PaperTableRow[],
  { table: name, poolings }: TableSpec,
  context: ReportContext,
): string {
  const single = rows.filter(({ strides }) => strides !== null);
  const runs = single.flatMap(({ cells }) => cells.flatMap(({ measured }) => measured.runs));
  const first = runs[0]!;
  const title = `${first.dataset}: accuracy by initial strides`;
  const sections = [
    <h1>{title}</h1>,
    protocol(runs, context),
    part('The table', () => table(rows, poolings)),
    <p class="note">
      {capitalised(fullScoreName(first.config))}, mean ± sample standard deviation over seeds. In
      brackets: what the paper prints for {PRINTED[name]} (Riad et al., ICLR 2022).
    </p>,
    part('Differences', () => differenceNotes(runs, poolings)),
    figure(
      'From good strides to poor ones',
      () => accuracies(single, poolings, first.config),
      'Full dots are means over seeds, and small circles are single runs. Diamonds with dashed lines ' +
        'are the paper’s values. Unless these runs follow the paper’s protocol, compare the shapes ' +
        'of the curves and not their heights.',
    ),
    ...(first.config.dataset === 'imagefolder'
      ? [
          figure(
            'Top-5',
            () => topFive(single, poolings, first.config),
            `Share of ${scoredSet(first.config)} images whose class was among the five most ` +
              'probable, means over seeds.',
          ),
        ]
      : []),
    part('Strides', () => fullSize(runs)),
    details(runs, context),
  ];
  return page(title, sections);
}

function table(rows: PaperTableRow[], poolings: string[]) {
  return htmlTable(
    ['initial strides', ...poolings],
    rows.map(({ strides, cells }) => [
      strideLabel(strides),
      ...poolings.map((pooling) => {
        const cell = cells.find(({ measured }) => measured.pooling === pooling);
        return cell ? formatCell(cell) : '';
      }),
    ]),
  );
}

const labelOf = (strides: number[] | null) => strides?.join(', ') ?? '';

/** One point for each cell, with a value computed from the cell. */
function points(
  rows: PaperTableRow[],
  valuesOf: (cell: PaperTableRow['cells'][number]) => (number | null)[],
) {
  return rows.flatMap(({ strides, cells }) =>
    cells.flatMap((cell) =>
      valuesOf(cell).flatMap((accuracy) =>
        accuracy === null
          ? []
          : [{ strides: labelOf(strides), pooling: cell.measured.pooling, accuracy }],
      ),
    ),
  );
}

function accuracies(rows: PaperTableRow[], poolings: string[], config: RunConfig) {
  const means = points(rows, ({ measured }) => [100 * measured.accuracy]);
  const single = points(rows, ({ measured }) =>
    measured.runs.length > 1 ? measured.runs.map(({ accuracy }) => 100 * accuracy) : [],
  );
  const printed = points(rows, ({ paper }) => [paper]);
  return plotDrawing({
    height: 380,
    color: poolingColors(poolings),
    x: strideAxis(rows),
    y: percentAxis(
      `${fullScoreName(config)} (%)`,
      [...means, ...single, ...printed].map(({ accuracy }) => accuracy),
    ),
    marks: [
      Plot.line(printed, {
        x: 'strides',
        y: 'accuracy',
        stroke: 'pooling',
        z: 'pooling',
        strokeDasharray: '4 3',
        strokeOpacity: 0.7,
      }),
      Plot.dot(printed, {
        x: 'strides',
        y: 'accuracy',
        stroke: 'pooling',
        symbol: 'diamond',
        r: 4,
      }),
      Plot.dot(single, {
        x: 'strides',
        y: 'accuracy',
        stroke: 'pooling',
        r: 2,
        strokeOpacity: 0.6,
      }),
      Plot.line(means, { x: 'strides', y: 'accuracy', stroke: 'pooling', z: 'pooling' }),
      Plot.dot(means, { x: 'strides', y: 'accuracy', fill: 'pooling', r: 4 }),
    ],
  });
}

function topFive(rows: PaperTableRow[], poolings: string[], config: RunConfig) {
  const means = points(rows, ({ measured }) => [100 * measured.top5]);
  return plotDrawing({
    height: 280,
    color: poolingColors(poolings),
    x: strideAxis(rows),
    y: percentAxis(
      `top-5 ${fullScoreName(config)} (%)`,
      means.map(({ accuracy }) => accuracy),
    ),
    marks: [
      Plot.line(means, { x: 'strides', y: 'accuracy', stroke: 'pooling', z: 'pooling' }),
      Plot.dot(means, { x: 'strides', y: 'accuracy', fill: 'pooling', r: 4 }),
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
