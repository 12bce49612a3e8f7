import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** Whether a resolved path is below a resolved folder. */
function isBelow(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
}

/**
 * Resolves a path to write below a folder.
 *
 * @throws Error if the path leaves the folder.
 */
export function insideFolder(folder: string, ...parts: string[]): string {
  const file = path.resolve(folder, ...parts);
  if (isBelow(path.resolve(folder), file)) return file;
  throw new Error(`queue: a path must be inside ${folder}, got ${JSON.stringify(parts.join('/'))}`);
}

/** Whether a name exists in a folder or below it. Links are followed. */
export async function isFileInside(folder: string, name: string): Promise<boolean> {
  const file = path.resolve(folder, name);
  // Paths outside the folder are not checked, so the result does not reveal whether they exist.
  if (!isBelow(path.resolve(folder), file)) return false;
  try {
    return isBelow(await realpath(folder), await realpath(file));
  } catch {
    return false;
  }
}
