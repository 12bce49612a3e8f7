import Table from 'cli-table3';
import type { RunResult } from '../run/run-result.js';
import { type ComparisonRow, compareRuns, summarise } from '../statistics/comparison.js';
import { meanAndDeviation } from '../statistics/mean-and-deviation.js';
import { formatAccuracy } from '../text/format.js';
import { type PaperTableName, paperAccuracy } from './paper-accuracies.js';

/** The layout of a table of the paper: initial strides × poolings. */
export interface TableSpec {
  experiment: 'table';
  table: PaperTableName;
  /** The order of the rows: initial strides of stages 2 to 4. */
  strides: number[][];
  /** The order of the columns. */
  poolings: string[];
}

/** All runs with the same initial strides, in one cell for each pooling. */
export interface PaperTableRow {
  /** Initial strides of stages 2 to 4; `null` for the mean over all of them. */
  strides: number[] | null;
  cells: { measured: ComparisonRow; paper: number | null }[];
}

/**
 * Groups results by initial strides and pooling, in the given orders. Leaves out cells without
 * results. Once every initial stride has a result, the last row has the mean of each pooling over
 * the initial strides. Its spread is the deviation between them.
 */
export function paperTableRows(results: RunResult[], spec: TableSpec): PaperTableRow[] {
  const { table, strides, poolings } = spec;
  const rows = strides.flatMap((initial) => {
    const from = results.filter(({ config }) => `${config.strides.slice(2)}` === `${initial}`);
    const cells = compareRuns(from, poolings).map((measured) => ({
      measured,
      paper: paperAccuracy(table, measured.pooling, initial),
    }));
    return cells.length === 0 ? [] : [{ strides: initial, cells }];
  });
  const means = poolings.flatMap((pooling) => {
    const cells = rows.flatMap((row) =>
      row.cells.filter(({ measured }) => measured.pooling === pooling),
    );
    if (cells.length < strides.length || cells.length < 2) return [];
    const runs = cells.flatMap(({ measured }) => measured.runs);
    const { mean: accuracy, deviation } = meanAndDeviation(
      cells.map(({ measured }) => measured.accuracy),
    );
    const measured = { ...summarise(runs), pooling, accuracy, deviation };
    return [{ measured, paper: paperAccuracy(table, pooling, null) }];
  });
  return means.length > 0 ? [...rows, { strides: null, cells: means }] : rows;
}

/** Formats measured accuracies for the terminal, with the paper's values in brackets. */
export function paperTable(rows: PaperTableRow[], { poolings }: TableSpec): string {
  const table = new Table({
    head: ['initial strides', ...poolings],
    style: { head: [], border: [] },
  });
  for (const { strides, cells } of rows) {
    table.push([
      strideLabel(strides),
      ...poolings.map((pooling) => {
        const cell = cells.find(({ measured }) => measured.pooling === pooling);
        return cell ? formatCell(cell) : '';
      }),
    ]);
  }
  return table.toString();
}

/** The label of a row: `(3, 1, 3)`, or the label of the mean. */
export function strideLabel(strides: number[] | null): string {
  return strides === null ? 'mean, spread between rows' : `(${strides.join(', ')})`;
}

/** Formats a cell: `55.3 % ± 0.6 [92.4]`. */
export function formatCell({ measured, paper }: PaperTableRow['cells'][number]): string {
  return `${formatAccuracy(measured)}${paper === null ? '' : ` [${paper.toFixed(1)}]`}`;
}
