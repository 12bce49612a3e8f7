import { COLORED_POOLINGS, poolingColors } from '@ds/palette';
import type { PlotOptions } from '@observablehq/plot';
import type { PlotLibrary } from './figure.js';

/** A stored result, as `docs/scripts/store-result.mjs` writes it. */
export interface StoredResult {
  rows: Record<string, string | number | boolean | null>[];
}

/** A network of a stored result, or the mean of several. */
interface Point {
  pooling: string;
  macs: number;
  accuracy: number;
  deviation: number;
  /** The tasks that it learned, if the result has several. */
  facet: string;
  title: string;
}

/** Accuracy against multiply-adds for each network, in the colour of its pooling. */
export function resultPlot({ rows }: StoredResult, Plot: PlotLibrary): PlotOptions {
  const points = rows.flatMap(pointOf);
  const poolings = [...new Set(points.map(({ pooling }) => pooling))];
  const facets = [...new Set(points.map(({ facet }) => facet))];
  const macs = points.map((point) => point.macs);
  const [least, most] = [Math.min(...macs), Math.max(...macs)];
  return {
    height: facets.length > 1 ? 60 + 130 * facets.length : 320,
    ...(facets.length > 1 && { marginRight: 80 }),
    color: { domain: poolings, range: poolingColors(poolings), legend: true },
    ...(facets.length > 1 && { fy: { label: null, domain: facets } }),
    x: {
      type: 'log',
      label: 'multiply-adds',
      domain: [least / 1.3, most * 1.3],
      ticks: ticksBetween(least, most),
      tickFormat: 's',
      grid: true,
    },
    y: {
      label: 'test accuracy (%)',
      grid: true,
      nice: true,
      ...(facets.length > 1 && { ticks: 4 }),
    },
    marks: [
      Plot.ruleX(points, {
        fy: facets.length > 1 ? 'facet' : undefined,
        x: 'macs',
        y1: ({ accuracy, deviation }: Point) => accuracy - deviation,
        y2: ({ accuracy, deviation }: Point) => accuracy + deviation,
        stroke: 'pooling',
        strokeWidth: 1.5,
      }),
      Plot.dot(points, {
        fy: facets.length > 1 ? 'facet' : undefined,
        x: 'macs',
        y: 'accuracy',
        fill: 'pooling',
        r: 4.5,
        title: 'title',
        tip: true,
      }),
    ],
  };
}

/** Values 1, 2 and 5 of each decade, or its first one only if there are many decades. */
function ticksBetween(least: number, most: number): number[] {
  const decades = Array.from({ length: 16 }, (_, power) => 10 ** power);
  const steps = most / least > 50 ? [1] : [1, 2, 5];
  return decades
    .flatMap((decade) => steps.map((step) => step * decade))
    .filter((tick) => tick > least / 1.3 && tick < most * 1.3);
}

function pointOf(row: StoredResult['rows'][number]): Point[] {
  const { macs, accuracy, deviation, strides, task, learned } = row;
  const named = String(row.pooling ?? row.method);
  const isMean = strides === 'mean' || task === 'mean';
  if (typeof macs !== 'number' || typeof accuracy !== 'number' || isMean) return [];
  const pooling = COLORED_POOLINGS.find((one) => named.split(/[ ,]+/).includes(one)) ?? named;
  const facet = task ? `${task}, ${learned === task ? 'alone' : 'together'}` : '';
  const spread = typeof deviation === 'number' ? deviation : 0;
  const title = [named, strides, `${accuracy.toFixed(1)} %`].filter(Boolean).join('\n');
  return [{ pooling, macs, accuracy, deviation: spread, facet, title }];
}
