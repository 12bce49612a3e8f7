import Table from 'cli-table3';
import { formatShare } from '../text/format.js';
import { visibleText } from '../text/visible-text.js';
import { tableFile } from './table-file.js';
import type { TimelineRow } from './timeline.js';

/** The rows as a table. It has columns for the file and the task only if there are several. */
export function timelineTable(rows: TimelineRow[]): string {
  const isSeveral = (key: 'file' | 'task') => new Set(rows.map((row) => row[key])).size > 1;
  const names = (['file', 'task'] as const).filter(isSeveral);
  const table = new Table({
    head: [...names, 'start', 'end', 'label', 'probability'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    table.push([
      ...names.map((name) => visibleText(row[name])),
      `${row.start.toFixed(2)} s`,
      `${row.end.toFixed(2)} s`,
      visibleText(row.label),
      formatShare(row.probability),
    ]);
  }
  return `${table}`;
}

/** The rows for a file: CSV or JSON, by the file's ending. */
export function timelineFile(rows: TimelineRow[], file: string): string {
  return tableFile(rows, ['file', 'task', 'start', 'end', 'label', 'probability'], file);
}
