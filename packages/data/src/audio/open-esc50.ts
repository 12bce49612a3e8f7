import path from 'node:path';
import { DataError, integerIn, requireOptions, requireString } from '@ds/checks';
import { insideFolder } from './inside-folder.js';
import { readTable } from './read-table.js';
import { folderName, type SoundDataset, soundDataset } from './sound-dataset.js';

/** Options of {@link openEsc50}. */
export interface Esc50Options {
  /** The folder that contains `meta/esc50.csv` and `audio/`. */
  folder: string;
  /** The test fold, 1 … 5. Default 5. */
  testFold?: number;
}

/**
 * Opens ESC-50 (Piczak 2015): 2,000 environmental sounds in five folds. Clips cut from one
 * recording are in one fold. One fold is the test side, the others train. The task is `category`.
 * Sources are recordings (`src_file`). Node only.
 *
 * @throws DataError that names the table and the line, if the table is missing, a column is missing
 *   or duplicated, a cell is empty, a fold is not 1 … 5, or a file name leaves the folder `audio`.
 */
export async function openEsc50(options: Esc50Options): Promise<SoundDataset> {
  const op = 'openEsc50';
  requireOptions<Esc50Options>(
    op,
    'options',
    options,
    { folder: requireString, testFold: integerIn(1, 5) },
    ['folder'],
  );
  const { folder, testFold = 5 } = options;
  const table = path.join(folder, 'meta', 'esc50.csv');
  const rows = await readTable(op, table, ['filename', 'fold', 'category', 'src_file']);
  return soundDataset(op, {
    name: folderName(folder),
    tasks: ['category'],
    split: `fold ${testFold} of five tests; folds keep clips of one recording together`,
    found: rows.map(({ where, cells: { filename, fold, category, src_file: source } }) => {
      if (!/^[1-5]$/.test(fold!))
        throw new DataError(`${where}: 'fold' must be 1 … 5, got '${fold}'`);
      return {
        file: insideFolder(`${where}: 'filename'`, path.join(folder, 'audio'), filename!),
        labels: [category!],
        source: source!,
        side: Number(fold) === testFold ? 'test' : 'train',
      };
    }),
  });
}
