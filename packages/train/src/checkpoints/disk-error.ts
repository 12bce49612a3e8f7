import { statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '@ds/checks';

/** The meaning of error codes of the operating system when a file is written. */
const REASONS: Record<string, string> = {
  ENOSPC: 'is full',
  EDQUOT: 'has no room left in this user’s quota',
  EROFS: 'can only be read',
  EIO: 'reported an error of its own',
};

/** The remedy for each error code. */
const REMEDIES: Record<string, string> = {
  ENOENT: 'a folder of it is gone: it was removed or moved since it was opened; start again',
  EFBIG:
    'it is longer than a file may become here (see ulimit -f); raise the limit and start again',
  EACCES: 'it may not be written by this user; change its permissions and start again',
  EPERM: 'it may not be written by this user; change its permissions and start again',
  EISDIR: 'a folder has its name; remove it and start again',
  EEXIST: 'a file has the name of a folder; remove it and start again',
  ENOTDIR: 'a file has the name of one of its folders; remove it and start again',
};

/** A file that could not be written. Its `name` is that of `DataError`. */
export class DiskError extends DataError {}

/**
 * The error of a file that could not be written. It names the file, and the disk if that is the
 * cause, and gives the remedy.
 */
export function diskError(file: string, cause: unknown): DiskError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const reason = REASONS[code];
  const remedy = reason
    ? `the disk at ${diskOf(file)} ${reason}; make room there and start again`
    : (REMEDIES[code] ?? message);
  return new DiskError(`${file}: could not be written: ${remedy}`, { cause });
}

/** The folder where the disk of a file is mounted, and its free bytes. */
function diskOf(file: string): string {
  let folder = path.dirname(path.resolve(file));
  try {
    const { dev } = statSync(folder);
    let parent = path.dirname(folder);
    while (parent !== folder && statSync(parent).dev === dev) {
      folder = parent;
      parent = path.dirname(folder);
    }
    const { bavail, bsize } = statfsSync(folder);
    return `${folder} (${bavail * bsize} bytes free)`;
  } catch {
    return folder;
  }
}
