import { type RunSummary, summariseBy } from '../comparison.js';
import type { RunConfig } from '../run-config.js';
import type { RunResult } from '../run-result.js';

/** A grid over fields of the configuration, as a sweep's file gives it; runs that differ in their seed only are a row. */
export interface GridSpec {
  experiment: 'grid';
  name: string;
  /** The fields that vary, the seed aside. */
  axes: (keyof RunConfig)[];
}

/** One point of the grid. */
export interface GridRow {
  /** A value for each axis, as it is shown. */
  values: string[];
  summary: RunSummary;
}

/** A row for each point of the grid, in the order in which the points first appear. */
export function gridRows(results: RunResult[], { axes }: GridSpec): GridRow[] {
  return summariseBy(results, (config) => axes.map((axis) => shown(config[axis]))).map(
    ({ key, summary }) => ({ values: key, summary }),
  );
}

function shown(value: RunConfig[keyof RunConfig]): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
