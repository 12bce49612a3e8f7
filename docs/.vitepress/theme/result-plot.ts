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
  /** Multiply-adds, or milliseconds. */
  cost: number;
  /** Whether learned strides were rounded to integers after the training. */
  isRounded: boolean;
  accuracy: number;
  deviation: number;
  /** The tasks that it learned, if the result has several. */
  facet: string;
  title: string;
}

/** What accuracy is drawn against, by the column of the result. */
export const COSTS = {
  macs: 'multiply-adds',
  inferenceMilliseconds: 'milliseconds to classify one example, in batches',
};
export type Cost = keyof typeof COSTS;

/**
 * Accuracy against a cost for each network, in the colour of its pooling. Dots of rounded strides
 * are hollow.
 */
export function resultPlot(
  { rows }: StoredResult,
  Plot: PlotLibrary,
  cost: Cost = 'macs',
): PlotOptions {
  const points = rows.flatMap((row) => pointOf(row, cost));
  const poolings = [...new Set(points.map(({ pooling }) => pooling))];
  const facets = [...new Set(points.map(({ facet }) => facet))];
  const costs = points.map((point) => point.cost);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  return {
    height: facets.length > 1 ? 60 + 130 * facets.length : 320,
    // The labels of the axes do not overlap the numbers of their ticks.
    marginTop: 28,
    marginBottom: 46,
    // Room for the longest name of a facet.
    ...(facets.length > 1 && { marginRight: 7 * Math.max(...facets.map(({ length }) => length)) }),
    color: { domain: poolings, range: poolingColors(poolings), legend: true },
    ...(facets.length > 1 && { fy: { label: null, domain: facets } }),
    x: {
      type: 'log',
      label: COSTS[cost],
      domain: [least / 1.3, most * 1.3],
      ticks: ticksBetween(least, most),
      tickFormat: least < 1 ? '~g' : 's',
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
        x: 'cost',
        y1: ({ accuracy, deviation }: Point) => accuracy - deviation,
        y2: ({ accuracy, deviation }: Point) => accuracy + deviation,
        stroke: 'pooling',
        strokeWidth: 1.5,
      }),
      Plot.dot(points, {
        fy: facets.length > 1 ? 'facet' : undefined,
        x: 'cost',
        y: 'accuracy',
        fill: 'pooling',
        fillOpacity: ({ isRounded }: Point) => (isRounded ? 0 : 1),
        stroke: 'pooling',
        r: 4.5,
        title: 'title',
        tip: true,
      }),
    ],
  };
}

/** A few round values of each decade: the more, the fewer decades there are. */
function ticksBetween(least: number, most: number): number[] {
  const decades = Array.from({ length: 19 }, (_, power) => 10 ** (power - 3));
  const ratio = most / least;
  const steps = ratio > 50 ? [1] : ratio > 4 ? [1, 2, 5] : [1, 2, 3, 4, 5, 7];
  return decades
    .flatMap((decade) => steps.map((step) => step * decade))
    .filter((tick) => tick > least / 1.3 && tick < most * 1.3);
}

function pointOf(row: StoredResult['rows'][number], cost: Cost): Point[] {
  const { accuracy, deviation, strides, task, learned, lambda, border } = row;
  const isRounded = row.rounded === true;
  const named = String(row.pooling ?? row.method);
  const isMean = strides === 'mean' || task === 'mean';
  if (typeof row[cost] !== 'number' || typeof accuracy !== 'number' || isMean) return [];
  const pooling = COLORED_POOLINGS.find((one) => named.split(/[ ,]+/).includes(one)) ?? named;
  const facet = task ? `${task}, ${learned === task ? 'alone' : 'together'}` : '';
  const spread = typeof deviation === 'number' ? deviation : 0;
  const title = [
    named,
    strides,
    lambda ? `λ ${lambda}` : '',
    isRounded ? 'rounded to integers' : '',
    border ? `${border} border` : '',
    `${accuracy.toFixed(1)} %`,
  ]
    .filter(Boolean)
    .join('\n');
  return [{ pooling, cost: row[cost], isRounded, accuracy, deviation: spread, facet, title }];
}
