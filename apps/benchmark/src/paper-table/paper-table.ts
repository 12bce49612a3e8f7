import Table from 'cli-table3';
import { type ComparisonRow, compareRuns } from '../comparison.js';
import { formatAccuracy } from '../format.js';
import type { RunResult } from '../run-result.js';
import { paperAccuracy } from './paper-accuracies.js';

/** All runs from one choice of initial strides, a cell for each pooling. */
export interface PaperTableRow {
  /** Initial strides of stages 2 to 4. */
  strides: number[];
  cells: { measured: ComparisonRow; paper: number | null }[];
}

/** Groups results by initial strides and pooling, in the orders given; what has no result yet is left out. */
export function paperTableRows(
  results: RunResult[],
  strides: number[][],
  poolings: string[],
): PaperTableRow[] {
  return strides.flatMap((initial) => {
    const from = results.filter(({ config }) => `${config.strides.slice(2)}` === `${initial}`);
    const cells = compareRuns(from, poolings).map((measured) => ({
      measured,
      paper: paperAccuracy('cifar10', measured.pooling, initial),
    }));
    return cells.length === 0 ? [] : [{ strides: initial, cells }];
  });
}

/** The table for the terminal: what came out, and behind it in brackets what the paper prints. */
export function paperTable(rows: PaperTableRow[], poolings: string[]): string {
  const table = new Table({
    head: ['initial strides', ...poolings],
    style: { head: [], border: [] },
  });
  for (const { strides, cells } of rows) {
    table.push([
      `(${strides.join(', ')})`,
      ...poolings.map((pooling) => {
        const cell = cells.find(({ measured }) => measured.pooling === pooling);
        return cell ? formatCell(cell) : '';
      }),
    ]);
  }
  return table.toString();
}

/** `55.3 % ± 0.6 [92.4]`. */
export function formatCell({ measured, paper }: PaperTableRow['cells'][number]): string {
  return `${formatAccuracy(measured)}${paper === null ? '' : ` [${paper.toFixed(1)}]`}`;
}

/** The same as comma-separated values, a line for each cell; accuracies in percent. */
export function paperTableCsv(rows: PaperTableRow[]): string {
  const lines = rows.flatMap(({ strides, cells }) =>
    cells.map(({ measured: { pooling, runs, accuracy, deviation }, paper }) =>
      [
        strides.join(' '),
        pooling,
        runs.length,
        (100 * accuracy).toFixed(2),
        deviation === null ? '' : (100 * deviation).toFixed(2),
        paper ?? '',
      ].join(','),
    ),
  );
  return ['initial strides,pooling,runs,accuracy,deviation,paper', ...lines, ''].join('\n');
}
