import { SERIES } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import type { RunResult } from '../run-result.js';
import { wordingOf } from '../wording.js';
import { plotDrawing } from './plot-drawing.js';

/** The strides of each layer over training, along both axes, for every run. */
export function stridePlot(runs: RunResult[]) {
  const { axes, step: unit } = wordingOf(runs[0]!.config);
  const points = runs.flatMap(({ config, steps }) =>
    steps.flatMap(({ step, strides }) =>
      Object.entries(strides).flatMap(([layer, [height, width]]) => [
        { layer: shortName(layer), seed: config.seed, step, axis: axes[0], stride: height },
        { layer: shortName(layer), seed: config.seed, step, axis: axes[1], stride: width },
      ]),
    ),
  );
  return plotDrawing({
    height: 300,
    marginTop: 40,
    color: {
      domain: axes,
      range: SERIES.slice(0, 2),
      legend: true,
    },
    fx: { label: null, domain: [...new Set(points.map(({ layer }) => layer))].sort(stemFirst) },
    x: { label: 'training step', ticks: 3, tickFormat: 'd' },
    y: { label: `stride (input ${unit}s per output ${unit})`, grid: true, nice: true },
    marks: [
      Plot.ruleY([1], { strokeOpacity: 0.4 }),
      Plot.line(points, {
        fx: 'layer',
        x: 'step',
        y: 'stride',
        stroke: 'axis',
        z: ({ axis, seed }) => `${axis} ${seed}`,
        strokeWidth: 1.5,
      }),
    ],
  });
}

/** `stage2.block0.pool` as `stage2`. */
export function shortName(layer: string): string {
  return layer.split('.')[0]!;
}

function stemFirst(a: string, b: string): number {
  return Number(b === 'stem') - Number(a === 'stem') || a.localeCompare(b);
}
