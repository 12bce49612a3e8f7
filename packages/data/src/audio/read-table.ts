import { DataError } from '@ds/checks';
import { parse } from 'csv-parse/sync';
import { readText } from '../read-text.js';

/** A row of a table. */
export interface TableRow {
  /** The file and the line, for errors. */
  where: string;
  /** The cells by column. */
  cells: Record<string, string>;
}

/**
 * Reads the rows of a CSV file with a header line, UTF-8 or UTF-16.
 *
 * @param columns required columns: their cells must not be empty.
 * @param mayBeEmpty required columns whose cells may be empty.
 * @throws DataError that names the file and the line, if the file cannot be read or parsed, a
 *   column is missing or duplicated, or a required cell is empty.
 */
export async function readTable(
  op: string,
  file: string,
  columns: string[],
  mayBeEmpty: string[] = [],
): Promise<TableRow[]> {
  const text = await readText(op, file, 'a CSV file with a header');
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(text, {
      columns: (header: string[]) => requireColumns(op, file, header, [...columns, ...mayBeEmpty]),
      skip_empty_lines: true,
      trim: true,
      info: true,
    });
  } catch (error) {
    if (!(error as { code?: string }).code) throw error;
    throw new DataError(`${op}: ${file} must be CSV: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (rows.length === 0) {
    throw new DataError(`${op}: ${file} must have rows below its header, got none`);
  }
  return rows.map(({ record: cells, info: { lines } }) => {
    const where = `${op}: line ${lines} of ${file}`;
    for (const column of columns) {
      if (!cells[column])
        throw new DataError(`${where} must have a '${column}', got an empty cell`);
    }
    return { where, cells };
  });
}

/** The header in the form csv-parse expects: columns without a name are skipped. */
function requireColumns(op: string, file: string, header: string[], columns: string[]) {
  for (const column of columns) {
    if (header.includes(column)) continue;
    const isOther = header.length === 1 && /[;\t]/.test(header[0]!);
    const remedy = isOther ? '; columns must be separated by commas' : '';
    throw new DataError(
      `${op}: ${file} must have a column '${column}', got ${header.join(', ')}${remedy}`,
    );
  }
  const twice = header.find((column, i) => column && header.indexOf(column) < i);
  if (twice !== undefined) {
    throw new DataError(`${op}: ${file} must have each column once, got '${twice}' twice`);
  }
  return header.map((column) => column || false);
}
