import { appendFileSync, existsSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { DataError, requireString } from '@ds/checks';
import { diskError } from './disk-error.js';
import { requireContent } from './require-content.js';

/**
 * Appends to a file that exists. If not all of it can be appended, the file gets its old length
 * again.
 *
 * @throws DataError that names the file and the disk if it is gone, or cannot be written.
 */
export function appendWhole(file: string, content: string | Uint8Array): void {
  requireString('appendWhole', 'file', file);
  requireContent('appendWhole', content);
  let before: number | null = null;
  try {
    before = statSync(file).size;
    appendFileSync(file, content);
  } catch (error) {
    if (before !== null) cutTo(file, before);
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isGone && existsSync(path.dirname(file))) {
      throw new DataError(`${file}: must exist, since it is only appended to, and is not there`, {
        cause: error,
      });
    }
    throw diskError(file, error);
  }
}

function cutTo(file: string, length: number): void {
  try {
    truncateSync(file, length);
  } catch {
    // The error of the append is the one to report.
  }
}
