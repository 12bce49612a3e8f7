import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { DataError } from '@ds/checks';
import { readChecked } from './read-checked.js';

/** The dimensions and values of an idx file of bytes. */
export interface IdxBytes {
  file: string;
  dimensions: number[];
  /** Byte offset of the values in the (unpacked) file. */
  offset: number;
  values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/** Bytes to unpack from a packed file: enough for the header. */
const HEAD = 1024;

/** The largest number of values in a file. A header can claim any number. */
const MOST_VALUES = 2 ** 30;

/**
 * Reads an idx file of unsigned bytes (LeCun's format): two zero bytes, a type, a rank, then
 * big-endian 32-bit sizes and the values. The file may have its published name
 * (`train-images-idx3-ubyte`) or the name that unpackers write (`train-images.idx3-ubyte`), may lie
 * in a folder of such a name, and may be packed as `.gz`.
 *
 * @param notes collects a note if the file exists under several names; only the first is read.
 * @throws DataError that names the file, the byte, the expected value and the value found.
 */
export async function readIdx(
  op: string,
  folder: string,
  name: string,
  rank: number,
  notes: string[],
): Promise<IdxBytes> {
  const file = await find(folder, name, notes);
  const bytes = await readChecked(op, file, expectedAt(folder, name));
  if (!isPacked(file, bytes)) return parse(op, file, bytes, rank);
  const head = await unpack(op, file, bytes.subarray(0, HEAD), {
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  const { offset, size } = readHeader(op, file, head, rank);
  const whole = await unpack(op, file, bytes, { maxOutputLength: offset + size });
  return parse(op, file, whole, rank);
}

/** Other paths of a file, as unpackers and archives create them. */
function placesOf(folder: string, name: string): string[] {
  const dotted = name.replace('-idx', '.idx');
  return [name, dotted]
    .flatMap((base) => [base, path.join(base, name), path.join(base, dotted)])
    .flatMap((base) => [base, `${base}.gz`])
    .map((base) => path.join(folder, base));
}

/** The first path that exists. If none exists, the packed file under the published name. */
async function find(folder: string, name: string, notes: string[]): Promise<string> {
  const places = placesOf(folder, name);
  const isThere = await Promise.all(
    places.map((place) =>
      stat(place).then(
        (found) => !found.isDirectory(),
        () => false,
      ),
    ),
  );
  const [first, ...others] = places.filter((_, i) => isThere[i]);
  if (first === undefined) return path.join(folder, `${name}.gz`);
  if (others.length > 0) notes.push(`${first} is read; ${others.join(', ')} left out`);
  return first;
}

function expectedAt(folder: string, name: string): string {
  const there = path.join(folder, name);
  return `an idx file, there or at ${there}, or named ${name.replace('-idx', '.idx')}`;
}

function isPacked(file: string, [first, second]: Uint8Array): boolean {
  const isGzip = first === 0x1f && second === 0x8b;
  // A file that is neither an idx file nor packed fails as a packed file.
  return isGzip || (file.endsWith('.gz') && (first !== 0 || second !== 0));
}

async function unpack(
  op: string,
  file: string,
  bytes: Uint8Array,
  options: { finishFlush?: number; maxOutputLength?: number },
): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, options);
  } catch (error) {
    const isTooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = isTooLong
      ? `: it must have ${options.maxOutputLength} bytes, as its header says, got more`
      : `: ${(error as Error).message}`;
    throw new DataError(`${op}: ${file} cannot be unpacked${reason}`, { cause: error });
  }
}

/** Checks the header and returns the sizes. */
function readHeader(op: string, file: string, bytes: Uint8Array, rank: number) {
  const offset = 4 + 4 * rank;
  if (bytes.length < offset) {
    throw new DataError(
      `${op}: ${file} must have a header of ${offset} bytes, got ${bytes.length} bytes in all`,
    );
  }
  [0, 0, UNSIGNED_BYTE, rank].forEach((expected, at) => {
    if (bytes[at] !== expected) {
      throw new DataError(
        `${op}: ${file} is not an idx file of rank ${rank}: ` +
          `byte ${at} must be ${expected}, got ${bytes[at]}`,
      );
    }
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dimensions = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const empty = dimensions.indexOf(0);
  if (empty >= 0) {
    throw new DataError(
      `${op}: ${file} must have sizes >= 1, got ${dimensions.join('×')}: ` +
        `0 at byte ${4 + 4 * empty}`,
    );
  }
  const size = dimensions.reduce((product, side) => product * side, 1);
  if (size > MOST_VALUES) {
    throw new DataError(
      `${op}: ${file} must have at most ${MOST_VALUES} values, ` +
        `got ${dimensions.join('×')} at byte 4`,
    );
  }
  return { dimensions, offset, size };
}

function parse(op: string, file: string, bytes: Uint8Array, rank: number): IdxBytes {
  const { dimensions, offset, size } = readHeader(op, file, bytes, rank);
  if (bytes.length !== offset + size) {
    throw new DataError(
      `${op}: ${file} must have ${offset + size} bytes, as its header says ` +
        `(${dimensions.join('×')}), got ${bytes.length}`,
    );
  }
  return { file, dimensions, offset, values: bytes.subarray(offset) };
}
