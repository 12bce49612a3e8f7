import * as Plot from '@observablehq/plot';
import type { RunResult } from '../run-result.js';
import { COLORS, plotSvg } from './plot-svg.js';

/** How the strides of each layer moved, along height and width, in every run. */
export function stridePlot(runs: RunResult[]): string {
  const points = runs.flatMap(({ config, steps }) =>
    steps.flatMap(({ step, strides }) =>
      Object.entries(strides).flatMap(([layer, [height, width]]) => [
        { layer: shortName(layer), seed: config.seed, step, axis: 'S_h (height)', stride: height },
        { layer: shortName(layer), seed: config.seed, step, axis: 'S_w (width)', stride: width },
      ]),
    ),
  );
  return plotSvg({
    height: 300,
    marginTop: 40,
    color: {
      domain: ['S_h (height)', 'S_w (width)'],
      range: [COLORS[2]!, COLORS[4]!],
      legend: true,
    },
    fx: { label: null, domain: [...new Set(points.map(({ layer }) => layer))].sort(stemFirst) },
    x: { label: 'training step', ticks: 3 },
    y: { label: 'stride (input pixels per output pixel)', grid: true, nice: true },
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
