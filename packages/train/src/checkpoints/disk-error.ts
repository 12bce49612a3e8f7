import { statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '@ds/checks';

/** What a disk does, by error code of the operating system, and the remedy. */
const OF_DISKS: Record<string, string> = {
  ENOSPC: 'is full; make room there and start again',
  EDQUOT: 'has no room left in this user’s quota; make room there and start again',
  EROFS: 'can only be read; choose a folder on another disk and start again',
  EIO: 'reported an error of its own; check it, or choose a folder on another disk',
};

/** The remedy for each other error code. */
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
  const ofDisk = OF_DISKS[code];
  const remedy = ofDisk ? `the disk at ${diskOf(file)} ${ofDisk}` : (REMEDIES[code] ?? message);
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
