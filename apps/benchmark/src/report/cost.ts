import * as Plot from '@observablehq/plot';
import type { ComparisonRow } from '../comparison.js';
import { plotSvg, poolingColors } from './plot-svg.js';

/** Multiply-adds of each stage for one image, at the final strides of each pooling's first run. */
export function costPlot(rows: ComparisonRow[]): string {
  const bars = rows.flatMap(({ pooling, runs }) => {
    const byStage = new Map<string, number>();
    for (const { layer, macs } of runs[0]!.final.layers) {
      if (macs === 0) continue;
      const stage = layer.split('.')[0]!;
      byStage.set(stage, (byStage.get(stage) ?? 0) + macs);
    }
    return [...byStage].map(([stage, macs]) => ({ pooling, stage, macs: macs / 1e6 }));
  });
  return plotSvg({
    height: 300,
    marginTop: 40,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    fx: { label: null, domain: [...new Set(bars.map(({ stage }) => stage))] },
    x: { axis: null, domain: rows.map(({ pooling }) => pooling) },
    y: { label: 'multiply-adds per image (millions)', grid: true },
    marks: [
      Plot.barY(bars, { fx: 'stage', x: 'pooling', y: 'macs', fill: 'pooling' }),
      Plot.ruleY([0]),
    ],
  });
}
