import type { Note } from './wav-format.js';

/** Chunks that are often found. Their names are told from data by chance. */
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

/** The four characters at a byte. */
export function chunkName(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** Whether the bytes look like a chunk: a printable name, and a size that the file has room for. */
export function isChunk(bytes: Uint8Array, at: number): boolean {
  if (at + 8 > bytes.length) return false;
  const name = chunkName(bytes, at);
  if (KNOWN.includes(name)) return true;
  const size = new DataView(bytes.buffer, bytes.byteOffset + at + 4, 4).getUint32(0, true);
  return /^[ -~]{4}$/.test(name) && at + 8 + size <= bytes.length;
}

/**
 * Where the chunk after one that ends here begins. A chunk of odd size has a pad byte, which some
 * programs forget.
 */
export function nextChunk(bytes: Uint8Array, end: number, note: Note): number {
  const padded = end + (end % 2);
  if (padded === end) return end;
  const isKnown = (at: number) => KNOWN.includes(chunkName(bytes, at));
  const lacksPad = isKnown(end) ? !isKnown(padded) : isChunk(bytes, end) && !isChunk(bytes, padded);
  if (lacksPad) note('pad', `a chunk of odd size has no pad byte at byte ${end}: read without it`);
  return lacksPad ? end : padded;
}
