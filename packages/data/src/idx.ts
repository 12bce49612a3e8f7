import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readChecked } from './read-checked.js';

/** An idx file of bytes: its dimensions and values. */
export interface IdxBytes {
  file: string;
  dimensions: number[];
  /** Where the values begin in the (unpacked) file. */
  offset: number;
  values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an idx file of unsigned bytes (LeCun's format), packed as `file.gz` or not: two zero bytes, a type, a rank, then
 * big-endian 32-bit sizes and the values.
 *
 * @throws Error that names the file, the byte, what it must be and what it was.
 */
export async function readIdx(op: string, path: string, rank: number): Promise<IdxBytes> {
  const { file, bytes } = await readMaybePacked(op, path);
  const offset = 4 + 4 * rank;
  if (bytes.length < offset) {
    throw new Error(
      `${op}: ${file} must have a header of ${offset} bytes, got ${bytes.length} bytes in all`,
    );
  }
  [0, 0, UNSIGNED_BYTE, rank].forEach((expected, at) => {
    if (bytes[at] !== expected) {
      throw new Error(
        `${op}: ${file} is no idx file of rank ${rank}: byte ${at} must be ${expected}, got ${bytes[at]}`,
      );
    }
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dimensions = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = dimensions.reduce((product, side) => product * side, 1);
  if (bytes.length !== offset + size) {
    throw new Error(
      `${op}: ${file} must have ${offset + size} bytes, as its header says (${dimensions.join('×')}), got ${bytes.length}`,
    );
  }
  return { file, dimensions, offset, values: bytes.subarray(offset) };
}

async function readMaybePacked(
  op: string,
  path: string,
): Promise<{ file: string; bytes: Uint8Array }> {
  const packed = `${path}.gz`;
  const isPlain = await access(path).then(
    () => true,
    () => false,
  );
  if (isPlain) return { file: path, bytes: await readChecked(op, path, 'an idx file') };
  const bytes = await readChecked(op, packed, `an idx file, there or at ${path}`);
  try {
    return { file: packed, bytes: await promisify(gunzip)(bytes) };
  } catch (error) {
    throw new Error(`${op}: ${packed} cannot be unpacked`, { cause: error });
  }
}
