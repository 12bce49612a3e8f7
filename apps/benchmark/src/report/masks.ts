import { horizontalMask, verticalMask } from '@ds/masks';
import * as Plot from '@observablehq/plot';
import { scalar, tidy } from '@tensorflow/tfjs';
import type { CostSnapshot, RunResult } from '../run-result.js';
import { plotSvg } from './plot-svg.js';
import { shortName } from './strides.js';

/** The masks of one run over the frequencies of each pooling's input, before and after training. */
export function maskPlot({ config, initial, final }: RunResult): string {
  const smoothness = Number(config.poolingConfig.smoothness ?? 4);
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
  return plotSvg({
    height: 430,
    marginTop: 40,
    marginLeft: 48,
    fx: { label: null, domain: [...new Set(cells.map(({ layer }) => layer))] },
    fy: { label: null, domain: ['initial', 'learned'] },
    x: { label: 'horizontal frequency', ticks: 3, domain: [-0.02, 0.52] },
    y: {
      label: 'vertical frequency (cycles per pixel of the layer’s input)',
      domain: [-0.52, 0.52],
    },
    // Steps, since a continuous legend is drawn on a canvas, which only a browser has.
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
        inset: -0.2,
      }),
    ],
  });
}

/** [height, width] of what a pooling gets: the output of the convolution in front of it. */
function inputSizeOf(layer: string, { layers }: CostSnapshot): [number, number] {
  const convolution = layer === 'stem.pool' ? 'stem.conv' : layer.replace(/pool$/, 'conv1');
  const row = layers.find((candidate) => candidate.layer === convolution);
  if (!row) throw new Error(`maskPlot: no convolution ${convolution} in front of ${layer}`);
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
  return Array.from(rows).flatMap((vertical, row) => {
    const frequency = row < Math.ceil(height / 2) ? row : row - height;
    return Array.from(columns, (horizontal, column) => ({
      x1: (column - 0.5) / width,
      x2: (column + 0.5) / width,
      y1: (frequency - 0.5) / height,
      y2: (frequency + 0.5) / height,
      mask: vertical * horizontal,
    }));
  });
}
