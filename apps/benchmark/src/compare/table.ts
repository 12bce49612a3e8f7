import Table from 'cli-table3';
import type { ComparisonRow } from '../statistics/comparison.js';
import { fullScoreName } from '../statistics/score.js';
import {
  formatAccuracy,
  formatCount,
  formatRate,
  formatShare,
  formatStrideChange,
} from '../text/format.js';
import { wordingOf } from '../text/wording.js';

/** Formats the comparison as a table for the terminal. */
export function comparisonTable(rows: ComparisonRow[]): string {
  const { config } = rows[0]!.runs[0]!;
  const { thing, things } = wordingOf(config);
  const table = new Table({
    head: [
      'pooling',
      fullScoreName(config),
      'runs',
      'shift consistency',
      'J',
      `MACs/${thing}`,
      `${things}/s`,
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
      formatRate(row.imagesPerSecond),
      runs.map(formatStrideChange).join('\n'),
    ]);
  }
  return table.toString();
}
