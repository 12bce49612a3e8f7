import type { SizeRow } from '@ds/models';
import { SERIES } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import { htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure, part } from '../report/part.js';
import { plotDrawing } from '../report/plot-drawing.js';
import type { ArchitectureResult } from './learn-architecture.js';
import type { ArchitectureRow } from './rows.js';

/** The captions of the figures, by the kind of size. */
const KINDS: Record<SizeRow['kind'], { title: string; unit: string; caption: string }> = {
  kernel: {
    title: 'Kernel sizes',
    unit: 'kernel size (taps, mean of both axes)',
    caption: 'One line for each convolution of each block. A size s keeps 2⌊s/2⌋ + 1 taps.',
  },
  width: {
    title: 'Widths',
    unit: 'channels inside the block',
    caption: 'One line for each block.',
  },
  depth: {
    title: 'Depths',
    unit: 'blocks',
    caption: 'One line for each stage. A depth d runs ⌊d + ½⌋ blocks.',
  },
  strides: {
    title: 'Strides',
    unit: 'stride (mean of both axes)',
    caption: 'One line for each DiffStride.',
  },
};

/** The learned sizes and the cost over training, as one self-contained HTML page. */
export function architecturePage(
  result: ArchitectureResult,
  rows: ArchitectureRow[],
  summary: string,
  command: string,
): string {
  const body = [
    <h1>{result.dataset}: an architecture that learns</h1>,
    <p>{summary}</p>,
    figure(
      'Cost',
      () => costPlot(result),
      'Multiply-adds for one image, at the kept sizes. The dashed line is the budget.',
    ),
    ...Object.entries(KINDS).map(([kind, { title, unit, caption }]) =>
      figure(title, () => sizePlot(result, kind as SizeRow['kind'], unit), caption),
    ),
    <h2>Sizes of the blocks that run</h2>,
    part('The table', () =>
      htmlTable(
        ['layer', 'size of', 'initial', 'final', 'kept'],
        rows.map((row) => Object.values(row)),
      ),
    ),
    <h2>How it was made</h2>,
    <pre>
      <code>{command}</code>
    </pre>,
  ];
  return page('An architecture that learns', body);
}

function costPlot({ steps, budget }: ArchitectureResult) {
  return plotDrawing({
    height: 260,
    x: { label: 'training step', tickFormat: 'd' },
    y: { label: 'multiply-adds (millions)', grid: true, nice: true, zero: true },
    marks: [
      Plot.ruleY([budget / 1e6], { strokeDasharray: '4', stroke: SERIES[2]! }),
      Plot.line(steps, { x: 'step', y: ({ macs }) => macs / 1e6, stroke: SERIES[0]! }),
    ],
  });
}

/**
 * The sizes of one kind over training, one panel for each stage.
 *
 * @throws Error if the network has no such size.
 */
function sizePlot(
  { steps, initialSizes }: ArchitectureResult,
  kind: SizeRow['kind'],
  unit: string,
) {
  const points = [{ step: 0, sizes: initialSizes }, ...steps].flatMap(({ step, sizes }) =>
    sizes
      .filter((row) => row.kind === kind)
      .map(({ layer, sizes: own }) => ({
        step,
        layer,
        stage: layer.split(/[./]/)[0]!,
        size: own.reduce((sum, size) => sum + size, 0) / own.length,
      })),
  );
  if (points.length === 0) throw new Error(`the network learns no ${kind}`);
  return plotDrawing({
    height: 240,
    marginTop: 40,
    fx: { label: null },
    x: { label: 'training step', ticks: 3, tickFormat: 'd' },
    y: { label: unit, grid: true, nice: true },
    marks: [
      Plot.line(points, {
        fx: 'stage',
        x: 'step',
        y: 'size',
        z: 'layer',
        stroke: SERIES[0]!,
        strokeOpacity: 0.8,
      }),
    ],
  });
}
