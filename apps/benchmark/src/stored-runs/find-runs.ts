import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isRun } from '../run-folder/is-run.js';

/** Folders below an output folder, at most: `<output>/runs/<id>` has two. */
const DEEPEST = 8;

/**
 * The run folders below a folder, or the folder itself if it is one, sorted by path. Hidden folders
 * and links are skipped.
 *
 * @throws Error if the folder cannot be read.
 */
export async function findRuns(folder: string, depth = 0): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  if (isRun(files)) return [folder];
  if (depth === DEEPEST) return [];
  const folders = entries
    .filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name))
    .map(({ name }) => path.join(folder, name))
    .sort();
  // A folder that this user cannot read holds no runs of this user.
  const below = folders.map((one) => findRuns(one, depth + 1).catch(() => []));
  return (await Promise.all(below)).flat();
}
