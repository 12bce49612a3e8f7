// The masks of a report are computed on this backend, outside of a run.
import '@tensorflow/tfjs-backend-cpu';
import { horizontalMask, verticalMask } from '@ds/masks';
import * as Plot from '@observablehq/plot';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import type { CostSnapshot, RunResult } from '../run/run-result.js';
import { wordingOf } from '../text/wording.js';
import { plotDrawing } from './plot-drawing.js';
import { shortName } from './strides.js';

/** Maximum cells along an axis. For larger inputs, only every n-th frequency is drawn. */
const MOST_CELLS = 64;

/** Width of the frame of a layer, in pixels. */
const FRAME = 110;

/**
 * The masks of one run of DiffStride over the frequencies of each pooling's input, before and after
 * training.
 *
 * @throws Error if the size of a pooling's input is unknown.
 */
export function maskPlot({ config, initial, final }: RunResult) {
  const smoothness = Number(config.poolingConfig.smoothness ?? 4);
  const { axes, step } = wordingOf(config);
  const alongAxis = (axis: string) => `along ${axis} (cycles per ${step} of the layer’s input)`;
  const cells = [
    { when: 'initial', snapshot: initial },
    { when: 'learned', snapshot: final },
  ].flatMap(({ when, snapshot }) =>
    Object.entries(snapshot.strides).flatMap(([layer, strides]) => {
      const size = inputSizeOf(layer, snapshot);
      return maskCells(size, strides, smoothness).map((cell) => ({
        ...cell,
        when,
        layer: shortName(layer),
      }));
    }),
  );
  const layers = [...new Set(cells.map(({ layer }) => layer))];
  return plotDrawing({
    width: Math.max(720, FRAME * layers.length),
    height: 430,
    marginTop: 52,
    marginLeft: 48,
    // Room for the names of the rows.
    marginRight: 64,
    fx: { label: null, domain: layers, padding: 0.16 },
    fy: { label: null, domain: ['initial', 'learned'], padding: 0.16 },
    x: { label: alongAxis(axes[1]), ticks: [0, 0.2, 0.4], tickFormat: '.1f', domain: [0, 0.5] },
    y: {
      label: alongAxis(axes[0]),
      domain: [-0.5, 0.5],
      ticks: [-0.4, -0.2, 0, 0.2, 0.4],
    },
    // Use discrete steps: a continuous legend needs the canvas of a browser.
    color: {
      type: 'quantize',
      n: 8,
      scheme: 'viridis',
      domain: [0, 1],
      label: 'mask',
      legend: true,
    },
    marks: [
      Plot.rect(cells, {
        fx: 'layer',
        fy: 'when',
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: 'mask',
        z: null,
        shapeRendering: 'crispEdges',
      }),
    ],
  });
}

/** Suffixes of the layers that may precede a pooling, as in `stage2.block0.conv1`. */
const IN_FRONT = ['conv1', 'conv', 'depthwise.conv', 'bn'];

/** [height, width] of a pooling's input, which is the output of the preceding layer. */
function inputSizeOf(layer: string, { layers }: CostSnapshot): [number, number] {
  const names = IN_FRONT.map((name) => layer.replace(/pool$/, name));
  const row = layers.find((candidate) => names.includes(candidate.layer));
  if (!row) throw new Error(`maskPlot: none of ${names.join(', ')} is in front of ${layer}`);
  return [row.outputShape[0]!, row.outputShape[1]!];
}

/** Product of the two masks, with the frequencies as cells in cycles per pixel. */
function maskCells(
  [height, width]: [number, number],
  [strideH, strideW]: [number, number],
  smoothness: number,
): { x1: number; x2: number; y1: number; y2: number; mask: number }[] {
  const [rows, columns] = tidy(() => [
    verticalMask(height, scalar(strideH), smoothness).dataSync(),
    horizontalMask(width, scalar(strideW), smoothness).dataSync(),
  ]) as unknown as [Float32Array, Float32Array];
  const high = Math.ceil(rows.length / MOST_CELLS);
  const wide = Math.ceil(columns.length / MOST_CELLS);
  return everyNth(rows, high).flatMap(([row, vertical]) => {
    const frequency = row < Math.ceil(height / 2) ? row : row - height;
    return everyNth(columns, wide).map(([column, horizontal]) => ({
      // Cells of small inputs are wide, so clip them at the highest frequency.
      x1: Math.max(0, (column - wide / 2) / width),
      x2: Math.min(0.5, (column + wide / 2) / width),
      y1: Math.max(-0.5, (frequency - high / 2) / height),
      y2: Math.min(0.5, (frequency + high / 2) / height),
      mask: vertical * horizontal,
    }));
  });
}

/** Every n-th value, with its index. */
function everyNth(values: Float32Array, n: number): [number, number][] {
  return Array.from(values, (value, i): [number, number] => [i, value]).filter(
    ([i]) => i % n === 0,
  );
}
