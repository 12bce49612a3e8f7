import type { Note } from './wav-format.js';

/** Common chunk names. Random data is unlikely to match one. */
const KNOWN = [
  'fmt ',
  'data',
  'fact',
  'LIST',
  'bext',
  'cue ',
  'smpl',
  'JUNK',
  'PEAK',
  'id3 ',
  'iXML',
];

/** The chunk name: four characters from `at`. */
export function chunkName(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/**
 * Whether the bytes look like a chunk: a printable name, and a size that fits in the file.
 *
 * @param bytes the file, or its beginning.
 * @param total size of the file.
 */
export function isChunk(bytes: Uint8Array, at: number, total: number): boolean {
  if (at + 8 > bytes.length) return false;
  const name = chunkName(bytes, at);
  if (KNOWN.includes(name)) return true;
  const size = new DataView(bytes.buffer, bytes.byteOffset + at + 4, 4).getUint32(0, true);
  return /^[ -~]{4}$/.test(name) && at + 8 + size <= total;
}

/**
 * The start of the chunk after a chunk that ends at `end`. A chunk of odd size is followed by a pad
 * byte, which some programs omit. The parameters are those of {@link isChunk}.
 */
export function nextChunk(bytes: Uint8Array, end: number, total: number, note: Note): number {
  const padded = end + (end % 2);
  if (padded === end) return end;
  const isKnown = (at: number) => KNOWN.includes(chunkName(bytes, at));
  const isAny = (at: number) => isChunk(bytes, at, total);
  const lacksPad = isKnown(end) ? !isKnown(padded) : isAny(end) && !isAny(padded);
  if (lacksPad) note('pad', `a chunk of odd size has no pad byte at byte ${end}: read without it`);
  return lacksPad ? end : padded;
}
