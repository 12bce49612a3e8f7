import { mkdir } from 'node:fs/promises';
import { requireString } from '@ds/checks';
import { diskError } from './disk-error.js';

/**
 * Makes a folder and its parents, unless it exists.
 *
 * @throws DataError that names the folder and the disk if it cannot be made.
 */
export async function makeFolder(folder: string): Promise<void> {
  requireString('makeFolder', 'folder', folder);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskError(folder, error);
  }
}
