import { readFile, stat } from 'node:fs/promises';
import { DataError } from '@ds/checks';
import { kindOf, whyUnreadable } from './why-unreadable.js';

/**
 * Reads the bytes of a regular file. Pipes and devices may never end, so they are not opened.
 *
 * @throws DataError `op: file cannot be read; expected …, but it does not exist`, or another
 *   reason.
 */
export async function readChecked(op: string, file: string, expected: string): Promise<Uint8Array> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new DataError(`${op}: ${file} cannot be read; expected ${expected}, but ${reason}`, {
      cause,
    });
  };
  const found = await stat(file).catch((error) => fail(whyUnreadable(error), error));
  if (!found.isFile()) fail(`it is ${kindOf(found)}`);
  return readFile(file).catch((error) => fail(whyUnreadable(error), error));
}
