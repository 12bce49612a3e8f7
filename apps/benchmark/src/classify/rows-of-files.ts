import { warn } from './warn.js';

/**
 * The rows of each file, one file after another. Of several files, those that fail are left out
 * with a note, and the exit code is 1.
 *
 * @throws the error of `rowsOf` if there is one file.
 */
export async function rowsOfFiles<Row>(
  files: string[],
  isOne: boolean,
  rowsOf: (file: string) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const file of files) {
    try {
      rows.push(...(await rowsOf(file)));
    } catch (error) {
      if (isOne) throw error;
      warn((error as Error).message);
      process.exitCode = 1;
    }
  }
  return rows;
}
