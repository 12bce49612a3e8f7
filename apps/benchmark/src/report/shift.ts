import * as Plot from '@observablehq/plot';
import type { ComparisonRow } from '../comparison.js';
import { plotSvg, poolingColors } from './plot-svg.js';

/** Probability of the right class along a diagonal shift, each run and the mean over seeds. */
export function shiftPlot(rows: ComparisonRow[]): string {
  const points = rows.flatMap(({ pooling, runs }) =>
    runs.flatMap(({ config, shift }) =>
      (shift?.diagonal ?? []).map((probability, pixels) => ({
        pooling,
        run: `${pooling} ${config.seed}`,
        pixels,
        probability: 100 * probability,
      })),
    ),
  );
  return plotSvg({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: { label: 'diagonal shift (pixels)', tickFormat: 'd' },
    y: { label: 'mean probability of the right class (%)', grid: true, nice: true },
    marks: [
      Plot.line(points, {
        x: 'pixels',
        y: 'probability',
        stroke: 'pooling',
        z: 'run',
        strokeOpacity: 0.35,
      }),
      Plot.line(
        points,
        Plot.groupX(
          { y: 'mean' },
          { x: 'pixels', y: 'probability', stroke: 'pooling', strokeWidth: 2.5, z: 'pooling' },
        ),
      ),
    ],
  });
}
