import type * as Plot from '@observablehq/plot';

/** The limits of an axis. */
interface ValueLimits {
  /** The shortest length of the axis. Default: a fifth of the largest value, or 1. */
  least?: number;
  /** The axis does not go below this. */
  lowest?: number;
  /** The axis does not go above this. */
  highest?: number;
}

/**
 * The axis of values, horizontal or vertical. If the values are equal or close, the axis is longer
 * than their range, so that its ticks can be read and noise does not look like a trend.
 */
export function valueAxis(
  label: string,
  values: number[],
  {
    least,
    lowest = Number.NEGATIVE_INFINITY,
    highest = Number.POSITIVE_INFINITY,
  }: ValueLimits = {},
): Plot.ScaleOptions {
  const axis = { label, grid: true, nice: true };
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return axis;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const length = least ?? (Math.max(Math.abs(low), Math.abs(high)) / 5 || 1);
  if (high - low >= length) return axis;
  const middle = (low + high) / 2;
  // At a limit, the axis moves and keeps its length.
  const start = Math.max(lowest, Math.min(highest, middle + length / 2) - length);
  return { ...axis, domain: [start, start + length] };
}

/** The axis of shares in percent, of at least five percentage points. */
export function percentAxis(label: string, percentages: number[]): Plot.ScaleOptions {
  return valueAxis(label, percentages, { least: 5, lowest: 0, highest: 100 });
}
