import { parse } from 'csv-parse/sync';
import { readText } from './list-sounds.js';

/**
 * The rows of a CSV file with a header line.
 *
 * @throws Error if it cannot be read or parsed, or lacks a column.
 */
export async function readTable(
  op: string,
  file: string,
  columns: string[],
): Promise<Record<string, string>[]> {
  const text = await readText(op, file, 'a CSV file with a header');
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: true, skip_empty_lines: true, bom: true, trim: true });
  } catch (error) {
    throw new Error(`${op}: ${file} must be CSV: ${(error as Error).message}`, { cause: error });
  }
  const [first] = rows;
  if (!first) throw new Error(`${op}: ${file} must have rows below its header, got none`);
  for (const column of columns) {
    if (!(column in first)) {
      throw new Error(
        `${op}: ${file} must have a column '${column}', got ${Object.keys(first).join(', ')}`,
      );
    }
  }
  return rows;
}
