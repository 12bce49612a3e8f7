import type { RunConfig } from '../config/run-config.js';
import { initialStrides } from '../network/initial-strides.js';
import type { RunResult } from '../run/run-result.js';
import { type RunSummary, summariseBy } from '../statistics/comparison.js';
import { type Axis, valueAt } from './axis.js';

/**
 * A grid over configuration fields, from a sweep file. Runs that differ only in seed share a row.
 */
export interface GridSpec {
  experiment: 'grid';
  name: string;
  /** What varies, except the seed. */
  axes: Axis[];
}

/** One point of the grid. */
export interface GridRow {
  /** The displayed value of each axis. */
  values: string[];
  summary: RunSummary;
}

/** One row for each point of the grid, in order of first appearance. */
export function gridRows(results: RunResult[], { axes }: GridSpec): GridRow[] {
  return summariseBy(results, (config) => axes.map((axis) => shownField(config, axis))).map(
    ({ key, summary }) => ({ values: key, summary }),
  );
}

/** What holds where a configuration leaves a field out. */
const ABSENT: Partial<Record<Axis, string>> = { border: 'zero', model: 'resnet18' };

/** The value at an axis, as tables show it. */
export function shownField(config: RunConfig, axis: Axis): string {
  if (axis === 'strides') return initialStrides(config).join(', ');
  const value = valueAt(config, axis) ?? ABSENT[axis] ?? 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
