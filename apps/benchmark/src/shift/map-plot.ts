import * as Plot from '@observablehq/plot';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import type { ComparisonRow } from '../statistics/comparison.js';

/** The relative error of each map under a shift, from the first layer to the last, for each run. */
export function mapPlot(rows: ComparisonRow[], shift: 'whole' | 'half') {
  const points = rows.flatMap(({ pooling, runs }) =>
    runs.flatMap(({ config, shift: measured }) =>
      (measured?.equivariance?.maps ?? []).map((map, at) => ({
        pooling,
        run: `${pooling} ${config.seed}`,
        layer: at + 1,
        error: 100 * map[shift],
      })),
    ),
  );
  return plotDrawing({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: { label: 'map, from the first layer to the last', tickFormat: 'd' },
    y: { label: 'relative error (%)', grid: true, nice: true },
    marks: [Plot.line(points, { x: 'layer', y: 'error', stroke: 'pooling', z: 'run' })],
  });
}
