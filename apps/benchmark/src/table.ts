import Table from 'cli-table3';
import type { ComparisonRow } from './comparison.js';
import { formatCount, formatShare, formatStrides } from './format.js';

/** The comparison as a table for the terminal. */
export function comparisonTable(rows: ComparisonRow[]): string {
  const table = new Table({
    head: [
      'pooling',
      'test accuracy',
      'runs',
      'shift consistency',
      'J',
      'MACs/image',
      'images/s',
      'initial → final strides',
    ],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const { accuracy, deviation, runs } = row;
    const spread = deviation === null ? '' : ` ± ${(100 * deviation).toFixed(1)}`;
    table.push([
      row.pooling,
      `${formatShare(accuracy)}${spread}`,
      runs.some((run) => run.stopped) ? `${runs.length} (stopped)` : `${runs.length}`,
      formatShare(row.shiftConsistency),
      row.complexity.toFixed(2),
      formatCount(row.macs),
      Math.round(row.imagesPerSecond),
      runs.map(stridesOfRun).join('\n'),
    ]);
  }
  return table.toString();
}

function stridesOfRun({ initial, final }: ComparisonRow['runs'][number]): string {
  const [before, after] = [formatStrides(initial.strides), formatStrides(final.strides)];
  return before === after ? `(${before})` : `(${before}) → (${after})`;
}
