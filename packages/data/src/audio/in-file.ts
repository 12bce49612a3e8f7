import { open, stat } from 'node:fs/promises';
import { DataError } from '@ds/checks';
import { kindOf, whyUnreadable } from '../why-unreadable.js';

/** Reads `length` bytes of an open file from byte `at` on. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>;

/**
 * Opens a regular file, and closes it when the work ends.
 *
 * @throws DataError `op: file cannot be read; expected …, but it does not exist`, or another
 *   reason, such as a file that ends before the bytes to read.
 */
export async function inFile<T>(
  op: string,
  file: string,
  expected: string,
  work: (readAt: ReadAt, size: number) => Promise<T>,
): Promise<T> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new DataError(`${op}: ${file} cannot be read; expected ${expected}, but ${reason}`, {
      cause,
    });
  };
  const failed = (error: unknown) => fail(whyUnreadable(error), error);
  const found = await stat(file).catch(failed);
  if (!found.isFile()) fail(`it is ${kindOf(found)}`);
  const handle = await open(file).catch(failed);
  const readAt: ReadAt = async (at, length) => {
    const bytes = new Uint8Array(length);
    // A single read may stop earlier.
    for (let filled = 0; filled < length; ) {
      const { bytesRead } = await handle
        .read(bytes, filled, length - filled, at + filled)
        .catch(failed);
      if (bytesRead === 0) fail(`it became shorter than ${at + length} bytes while it was read`);
      filled += bytesRead;
    }
    return bytes;
  };
  try {
    return await work(readAt, found.size);
  } finally {
    await handle.close();
  }
}
