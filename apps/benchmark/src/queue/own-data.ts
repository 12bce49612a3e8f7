import { type DataFolders, folderOf } from '../data-folders.js';
import type { RunConfig } from '../run-config.js';
import { isFileInside } from './inside-folder.js';

/**
 * Refuses a run that names a file outside of the folder that the worker has for its dataset. A job
 * says which dataset; where that lies is the worker's alone.
 *
 * @throws Error that says what the table must be.
 */
export async function requireOwnData(
  { dataset, sounds }: RunConfig,
  data: DataFolders,
): Promise<void> {
  const folder = folderOf(dataset, data);
  // The loader says what it misses.
  if (folder === undefined || sounds?.table === undefined) return;
  if (await isFileInside(folder, sounds.table)) return;
  throw new Error(
    `run configuration: sounds.table must be a file inside the worker's folder of sounds, got ${JSON.stringify(sounds.table)}`,
  );
}
