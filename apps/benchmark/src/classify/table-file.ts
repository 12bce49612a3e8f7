import { stringify } from 'csv-stringify/sync';

/** Rows for a file: CSV with some columns, or JSON, by the file's ending. */
export function tableFile(rows: object[], columns: string[], file: string): string {
  if (file.toLowerCase().endsWith('.json')) return `${JSON.stringify(rows, null, 2)}\n`;
  return stringify(rows, { header: true, columns });
}
