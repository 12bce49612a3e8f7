import type { RunConfig } from '../config/run-config.js';
import { type DataFolders, folderOf } from '../data/data-folders.js';
import { isFileInside } from './inside-folder.js';

/**
 * Rejects a run that names a file outside the worker's folder for its dataset. A job chooses the
 * dataset. Only the worker chooses its folder.
 *
 * @throws Error that states the rule for the table.
 */
export async function requireOwnData(
  { dataset, sounds }: RunConfig,
  data: DataFolders,
): Promise<void> {
  const folder = folderOf(dataset, data);
  // The loader reports a missing table.
  if (folder === undefined || sounds?.table === undefined) return;
  if (await isFileInside(folder, sounds.table)) return;
  throw new Error(
    "run configuration: sounds.table must be a file inside the worker's folder of sounds, " +
      `got ${JSON.stringify(sounds.table)}`,
  );
}
