import path from 'node:path';
import { DataError, refuse, requireNumber, requireOptions, requireString } from '@ds/checks';
import { counted } from '../left-out.js';
import { insideFolder } from './inside-folder.js';
import { readTable } from './read-table.js';
import { requireTaskNames } from './require-task-names.js';
import { type FoundClip, type SoundDataset, soundDataset } from './sound-dataset.js';
import { requireShare, sideOfSource } from './split-by-source.js';

/** Options of {@link openSoundTable}. */
export interface SoundTableOptions {
  /** A CSV file with a header, UTF-8 or UTF-16. Its paths are relative to its folder. */
  table: string;
  /** Columns to predict. */
  tasks: string[];
  /**
   * Text between the labels of a cell, such as `';'`. Then a sound has any number of labels: an
   * empty cell has none, and the tasks are `multiLabel`. Default: a cell is one label.
   */
  labelSeparator?: string;
  /** The column with the paths. Default `'file'`. */
  fileColumn?: string;
  /** Column with `train`, `validation` or `test`. Default: a hash of each source decides. */
  splitColumn?: string;
  /** Column that names the source of a clip. Default: the file itself. */
  sourceColumn?: string;
  /** Fraction of sources to test on, if there is no `splitColumn`. Default 0.2. */
  testShare?: number;
}

/**
 * Opens the sounds listed in a CSV file, one clip on each line: `file, label, …`. With
 * `labelSeparator` a cell has several labels: `wren;robin`. Node only.
 *
 * @throws DataError that names the table and the line, if the table cannot be read, a column is
 *   missing or duplicated, a required cell is empty, a path leaves the table's folder, a side is
 *   unknown, a file has two labels, or a source is on two sides.
 */
export async function openSoundTable(options: SoundTableOptions): Promise<SoundDataset> {
  const op = 'openSoundTable';
  requireOptions<SoundTableOptions>(
    op,
    'options',
    options,
    {
      table: requireString,
      tasks: requireTaskNames,
      labelSeparator: requireSeparator,
      fileColumn: requireString,
      splitColumn: requireString,
      sourceColumn: requireString,
      testShare: requireNumber,
    },
    ['table', 'tasks'],
  );
  const { table, tasks, fileColumn = 'file', splitColumn, sourceColumn, testShare = 0.2 } = options;
  const { labelSeparator } = options;
  requireShare(op, testShare);
  const extra = [splitColumn, sourceColumn].filter((column) => column !== undefined);
  const rows = await (labelSeparator === undefined
    ? readTable(op, table, [fileColumn, ...tasks, ...extra])
    : readTable(op, table, [fileColumn, ...extra], tasks));
  const labelsOf = (cell: string) =>
    labelSeparator === undefined
      ? cell
      : cell
          .split(labelSeparator)
          .map((label) => label.trim())
          .filter(Boolean);
  const folder = path.resolve(path.dirname(table));
  const backslashes = rows.filter(({ cells }) => cells[fileColumn]!.includes('\\')).length;
  return soundDataset(op, {
    name: path.basename(table, path.extname(table)),
    tasks,
    multiLabel: labelSeparator !== undefined,
    split: splitColumn
      ? `by the column '${splitColumn}'`
      : `by a hash of each ${sourceColumn ?? 'file'}: ${100 * testShare} % of them test`,
    notes: backslashes > 0 ? [`${table}: ${counted(backslashes, 'path')} with \\ read as /`] : [],
    found: rows.map(({ where, cells: row }) => {
      const file = insideFolder(`${where}: '${fileColumn}'`, folder, row[fileColumn]!);
      const source = sourceColumn ? row[sourceColumn]! : row[fileColumn]!;
      const side = splitColumn ? row[splitColumn]! : sideOfSource(source, testShare);
      if (!['train', 'validation', 'test'].includes(side)) {
        throw new DataError(
          `${where}: '${splitColumn}' must be train, validation or test, got '${side}'`,
        );
      }
      return {
        file,
        labels: tasks.map((task) => labelsOf(row[task]!)),
        source,
        side: side as FoundClip['side'],
        where,
      };
    }),
  });
}

/** Checks that a value is a text with a visible character. */
function requireSeparator(op: string, name: string, value: unknown): void {
  requireString(op, name, value);
  if ((value as string).trim() === '') refuse(op, name, 'have a visible character', value);
}
