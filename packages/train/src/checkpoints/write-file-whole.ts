import { randomBytes } from 'node:crypto';
import { open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DataError, requireFunction, requireOptions, requireString } from '@ds/checks';
import { diskError } from './disk-error.js';
import { requireContent } from './require-content.js';

/** Options of {@link writeFileWhole}. */
export interface WriteOptions {
  /**
   * Called before anything is written, and again right before the file takes its place. If it
   * throws, the file stays as it was.
   */
  mayWrite?: () => void;
}

/** Ends the name of a file that is being written. */
const TEMPORARY = /\.[\da-f]{12}\.tmp$/;

/**
 * Writes a file next to its place, syncs it, checks its length, and moves it there. At any moment
 * the file is whole, in its old or its new form, or absent. It keeps its permissions. If the name
 * is a link to a file, the file is written, and the link stays.
 *
 * @throws DataError that names the file and the disk if it cannot be written whole; what `mayWrite`
 *   throws. The file is then as it was.
 */
export async function writeFileWhole(
  file: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  requireString('writeFileWhole', 'file', file);
  requireContent('writeFileWhole', content);
  requireOptions<WriteOptions>('writeFileWhole', 'options', options, { mayWrite: requireFunction });
  const { mayWrite = () => {} } = options;
  mayWrite();
  // A new file has neither a target nor permissions.
  const target = await realpath(file).catch(() => file);
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => undefined,
  );
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await attempt(file, () => writeAndSync(temporary, content, mode));
    mayWrite();
    await attempt(file, () => rename(temporary, target));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(path.dirname(target));
}

/**
 * Removes what killed writers of {@link writeFileWhole} left in a folder. No other process may be
 * writing there. A folder that does not exist has nothing to remove.
 *
 * @throws DataError that names the folder if it cannot be read.
 */
export async function removeTemporaries(folder: string): Promise<void> {
  requireString('removeTemporaries', 'folder', folder);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    const { message } = error as Error;
    throw new DataError(`removeTemporaries: folder must be readable, got ${folder}: ${message}`, {
      cause: error,
    });
  }
  const left = names.filter((name) => TEMPORARY.test(name));
  await Promise.all(left.map((name) => rm(path.join(folder, name), { force: true })));
}

async function attempt(file: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw diskError(file, error);
  }
}

async function writeAndSync(
  file: string,
  content: string | Uint8Array,
  mode: number | undefined,
): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const handle = await open(file, 'wx', mode);
  try {
    // Continues after a short write until all bytes are written or an error occurs.
    await handle.writeFile(bytes);
    await handle.sync();
    const { size, mode: made } = await handle.stat();
    // The umask of the process may remove permissions. Some disks store none.
    if (mode !== undefined && (made & 0o777) !== mode) await handle.chmod(mode).catch(() => {});
    if (size !== bytes.length) {
      throw new Error(`it has ${size} bytes of ${bytes.length}; make room on its disk`);
    }
  } finally {
    await handle.close();
  }
}

/** Syncs a folder, so that a new name survives a power loss. Some systems cannot do this. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
