import { open, readFile, stat } from 'node:fs/promises';
import { DataError } from '@ds/checks';
import { kindOf, whyUnreadable } from './why-unreadable.js';

/**
 * Reads the bytes of a regular file. Pipes and devices may never end, so they are not opened.
 *
 * @param memory receives the bytes if the file has as many. Reused memory costs no page faults.
 * @throws DataError `op: file cannot be read; expected …, but it does not exist`, or another
 *   reason.
 */
export async function readChecked(
  op: string,
  file: string,
  expected: string,
  memory?: Uint8Array,
): Promise<Uint8Array> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new DataError(`${op}: ${file} cannot be read; expected ${expected}, but ${reason}`, {
      cause,
    });
  };
  const found = await stat(file).catch((error) => fail(whyUnreadable(error), error));
  if (!found.isFile()) fail(`it is ${kindOf(found)}`);
  const bytes = memory && memory.length === found.size ? fill(memory, file) : readFile(file);
  return bytes.catch((error) => fail(whyUnreadable(error), error));
}

/** Reads a file into memory. The result is shorter if the file has shrunk meanwhile. */
async function fill(memory: Uint8Array, file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    let filled = 0;
    while (filled < memory.length) {
      const { bytesRead } = await handle.read(memory, filled, memory.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return memory.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
