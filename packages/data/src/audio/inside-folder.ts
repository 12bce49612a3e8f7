import path from 'node:path';
import { DataError } from '@ds/checks';

/**
 * Resolves a path from a table below a folder. Backslashes are read as slashes, as on Windows.
 *
 * @throws DataError `… must name a file inside of folder, got …` if the path leaves the folder.
 */
export function insideFolder(where: string, folder: string, given: string): string {
  const slashed = given.replaceAll('\\', '/');
  const below = path.posix.normalize(slashed);
  const leaves = /^([a-z]:|\/|\.\.?(\/|$))/i.test(below);
  if (leaves) throw new DataError(`${where} must name a file inside of ${folder}, got '${given}'`);
  return path.join(folder, below);
}
