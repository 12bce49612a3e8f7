import { SERIES } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import type { RunResult, StridesByLayer } from '../run/run-result.js';
import { wordingOf } from '../text/wording.js';
import { integerTicks } from './integer-ticks.js';
import { plotDrawing } from './plot-drawing.js';
import { valueAxis } from './value-axis.js';

/** Width of the frame of a layer, in pixels. Ticks of narrower ones would collide. */
const FRAME = 100;

/**
 * The strides of each layer over training, along both axes, for every run. Those along the second
 * axis are dashed.
 */
export function stridePlot(runs: RunResult[]) {
  const { axes, step: unit } = wordingOf(runs[0]!.config);
  const points = runs.flatMap(({ initial, steps }, run) => {
    // Steps are counted from 0, and have the strides after the step.
    const before = { step: 0, strides: initial.strides };
    const after = steps.map(({ step, strides }) => ({ step: step + 1, strides }));
    return [before, ...after].flatMap(({ step, strides }) =>
      pointsOf(strides, axes).map((point) => ({ ...point, step, run })),
    );
  });
  const layers = [...new Set(points.map(({ layer }) => layer))].sort(stemFirst);
  const last = Math.max(...points.map(({ step }) => step));
  return plotDrawing({
    width: Math.max(720, FRAME * layers.length),
    height: 300,
    marginTop: 52,
    color: {
      domain: axes,
      range: SERIES.slice(0, 2),
      legend: true,
    },
    fx: { label: null, domain: layers, padding: 0.16 },
    x: {
      label: 'training step',
      domain: [0, last],
      ticks: integerTicks(0, last, 3),
      tickFormat: 'd',
    },
    y: valueAxis(
      `stride (input ${unit}s per output ${unit})`,
      points.map(({ stride }) => stride),
      { least: 0.5 },
    ),
    marks: [
      Plot.ruleY([1], { strokeOpacity: 0.4 }),
      // Equal strides along both axes are one line, of which a dashed one leaves half.
      ...axes.map((one, i) =>
        Plot.line(
          points.filter(({ axis }) => axis === one),
          {
            fx: 'layer',
            x: 'step',
            y: 'stride',
            stroke: 'axis',
            z: 'run',
            strokeWidth: 1.5,
            ...(i > 0 && { strokeDasharray: '4 4' }),
          },
        ),
      ),
    ],
  });
}

function pointsOf(strides: StridesByLayer, axes: [string, string]) {
  return Object.entries(strides).flatMap(([layer, pair]) =>
    pair.map((stride, axis) => ({ layer: shortName(layer), axis: axes[axis]!, stride })),
  );
}

/** `stage2.block0.pool` as `stage2`. */
export function shortName(layer: string): string {
  return layer.split('.')[0]!;
}

function stemFirst(a: string, b: string): number {
  return Number(b === 'stem') - Number(a === 'stem') || a.localeCompare(b, 'en', { numeric: true });
}
