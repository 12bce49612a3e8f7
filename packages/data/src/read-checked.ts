import type { Stats } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { DataError } from '@ds/checks';
import { kindOf, whyUnreadable } from './why-unreadable.js';

/**
 * Reads the bytes of a regular file. Pipes and devices may never end, so they are not opened.
 *
 * @throws DataError `op: file cannot be read; expected …, but it does not exist`, or another
 *   reason.
 */
export async function readChecked(op: string, file: string, expected: string): Promise<Uint8Array> {
  await requireFile(op, file, expected);
  return readFile(file).catch((error) => fail(op, file, expected, error));
}

/**
 * Finds a regular file.
 *
 * @throws DataError as {@link readChecked} does.
 */
export async function requireFile(op: string, file: string, expected: string): Promise<Stats> {
  const found = await stat(file).catch((error) => fail(op, file, expected, error));
  if (!found.isFile()) refuse(op, file, expected, `it is ${kindOf(found)}`);
  return found;
}

/**
 * Reads a regular file in pieces, all into the same memory. A whole large file would take new
 * memory, which the system clears page by page. That costs more than the reading.
 *
 * @param size bytes of the file.
 * @throws DataError as {@link readChecked} does, and if the file has another size than `size`:
 *   another program may write it at the same time. The size is known only after the last piece.
 */
export async function* readPieces(
  op: string,
  file: string,
  expected: string,
  size: number,
  memory: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const failed = (error: unknown) => fail(op, file, expected, error);
  const handle = await open(file).catch(failed);
  let total = 0;
  try {
    let filled: number;
    do {
      filled = await fill(memory, (from) => handle.read(memory, from).catch(failed));
      total += filled;
      if (filled > 0 && total <= size) yield memory.subarray(0, filled);
    } while (filled === memory.length && total <= size);
  } finally {
    await handle.close();
  }
  if (total !== size) {
    const found =
      total < size ? `ended after ${total} bytes of ${size}` : `grew beyond ${size} bytes`;
    refuse(op, file, expected, `it ${found} while it was read`);
  }
}

/** Reads until memory is full or the file ends. A single read may stop earlier. */
async function fill(
  memory: Uint8Array,
  read: (from: number) => Promise<{ bytesRead: number }>,
): Promise<number> {
  let filled = 0;
  while (filled < memory.length) {
    const { bytesRead } = await read(filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

function fail(op: string, file: string, expected: string, error: unknown): never {
  return refuse(op, file, expected, whyUnreadable(error), error);
}

function refuse(
  op: string,
  file: string,
  expected: string,
  reason: string,
  cause?: unknown,
): never {
  throw new DataError(`${op}: ${file} cannot be read; expected ${expected}, but ${reason}`, {
    cause,
  });
}
