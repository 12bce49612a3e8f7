import * as Plot from '@observablehq/plot';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import { percentAxis } from '../report/value-axis.js';
import type { ComparisonRow } from '../statistics/comparison.js';
import { wordingOf } from '../text/wording.js';

/** Probability of the right class along a diagonal shift, each run and the mean over seeds. */
export function shiftPlot(rows: ComparisonRow[]) {
  const { step } = wordingOf(rows[0]!.runs[0]!.config);
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
  return plotDrawing({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: { label: `shift along both axes (${step}s)`, tickFormat: 'd' },
    y: percentAxis(
      'mean probability of the right class (%)',
      points.map(({ probability }) => probability),
    ),
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
