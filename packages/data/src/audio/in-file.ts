import { type FileHandle, open, stat } from 'node:fs/promises';
import { DataError } from '@ds/checks';
import { kindOf, whyUnreadable } from '../why-unreadable.js';

/**
 * Opens a regular file, and closes it when the work ends.
 *
 * @throws DataError `op: file cannot be read; expected …, but it does not exist`, or another
 *   reason.
 */
export async function inFile<T>(
  op: string,
  file: string,
  expected: string,
  work: (handle: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new DataError(`${op}: ${file} cannot be read; expected ${expected}, but ${reason}`, {
      cause,
    });
  };
  const found = await stat(file).catch((error) => fail(whyUnreadable(error), error));
  if (!found.isFile()) fail(`it is ${kindOf(found)}`);
  const handle = await open(file).catch((error) => fail(whyUnreadable(error), error));
  try {
    return await work(handle, found.size);
  } finally {
    await handle.close();
  }
}

/** Reads this number of bytes, or fewer at the end of the file. */
export async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
