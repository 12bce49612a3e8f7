import Table from 'cli-table3';
import type { ComparisonRow } from './comparison.js';
import { formatAccuracy, formatCount, formatShare, formatStrideChange } from './format.js';

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
    const { runs } = row;
    table.push([
      row.pooling,
      formatAccuracy(row),
      runs.some((run) => run.stopped) ? `${runs.length} (stopped)` : `${runs.length}`,
      formatShare(row.shiftConsistency),
      row.complexity.toFixed(2),
      formatCount(row.macs),
      Math.round(row.imagesPerSecond),
      runs.map(formatStrideChange).join('\n'),
    ]);
  }
  return table.toString();
}
