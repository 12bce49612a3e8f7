import * as Plot from '@observablehq/plot';
import type { ComparisonRow } from '../statistics/comparison.js';
import { wordingOf } from '../text/wording.js';
import { plotDrawing, poolingColors } from './plot-drawing.js';

/** Multiply-adds per layer for one example, at the final strides of each pooling's first run. */
export function costPlot(rows: ComparisonRow[]) {
  const { thing } = wordingOf(rows[0]!.runs[0]!.config);
  const points = rows.flatMap(({ pooling, runs }) =>
    runs[0]!.final.layers
      .filter(({ macs }) => macs > 0)
      .map(({ layer, macs, outputShape }) => ({
        pooling,
        layer,
        macs: macs / 1e6,
        size: outputShape.join('×'),
      })),
  );
  // Use the layer order of the deepest network. Networks with strided convolutions lack poolings.
  const networks = rows.map(({ runs }) => runs[0]!.final.layers.map(({ layer }) => layer));
  const longest = networks.reduce((most, one) => (one.length > most.length ? one : most), []);
  const costly = new Set(points.map(({ layer }) => layer));
  const layers = [...new Set([...longest, ...costly])].filter((layer) => costly.has(layer));
  return plotDrawing({
    height: 40 + 19 * layers.length,
    marginLeft: 170,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: { label: `multiply-adds per ${thing} (millions)`, grid: true, nice: true },
    y: { label: null, type: 'point', domain: layers },
    marks: [
      Plot.ruleY(
        points,
        Plot.groupY(
          { x1: 'min', x2: 'max' },
          { y: 'layer', x1: 'macs', x2: 'macs', strokeOpacity: 0.25 },
        ),
      ),
      Plot.dot(points, {
        x: 'macs',
        y: 'layer',
        fill: 'pooling',
        r: 4.5,
        title: ({ pooling, layer, macs, size }) =>
          `${pooling}, ${layer}: ${macs.toFixed(2)} M multiply-adds, output ${size}`,
      }),
    ],
  });
}
