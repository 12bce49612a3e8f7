import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPieces } from '../src/read-checked.js';

describe('readPieces', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pieces-'));
    file = path.join(folder, 'bytes');
  });
  beforeEach(() =>
    writeFile(
      file,
      Uint8Array.from({ length: 10 }, (_, index) => index),
    ),
  );
  afterAll(() => rm(folder, { recursive: true }));

  /** The pieces of the file in memory of `length` bytes, with a change after the first piece. */
  async function read(length: number, change = async () => {}) {
    const pieces: number[][] = [];
    for await (const piece of readPieces('op', file, 'ten bytes', 10, new Uint8Array(length))) {
      pieces.push([...piece]);
      if (pieces.length === 1) await change();
    }
    return pieces;
  }

  it.each([1, 3, 5, 9, 10, 11])('gives all bytes in pieces of %i', async (length) => {
    const pieces = await read(length);
    expect(pieces.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBe(Math.min(length, 10));
  });

  it('refuses a file that shrinks or grows meanwhile', async () => {
    const reason = (found: string) =>
      `op: ${file} cannot be read; expected ten bytes, but it ${found} while it was read`;
    await expect(read(3, () => truncate(file, 5))).rejects.toThrow(
      reason('ended after 5 bytes of 10'),
    );
    await writeFile(file, new Uint8Array(10));
    await expect(read(3, () => appendFile(file, 'x'))).rejects.toThrow(
      reason('grew beyond 10 bytes'),
    );
  });
});
