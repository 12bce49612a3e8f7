import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { ImageFileSet, ImageSet, SoundClip } from '@ds/data';
import pLimit from 'p-limit';

/** A part of a fingerprint: a string, a number, or the bytes of a set in memory. */
type Part = string | number | Uint8Array | Uint16Array;

/** A hash of the training and test data of a run, as 16 hexadecimal digits. */
export function fingerprint(parts: Part[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes =
      typeof part === 'object'
        ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
        : Buffer.from(String(part));
    // Include the lengths, so that different lists of parts never give the same bytes.
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The parts of a set in memory: its pixels and labels. */
export function partsOfImages({ images, labels }: ImageSet): Part[] {
  return [images, labels];
}

/** The parts of a set of files: their names below a folder, their labels and their contents. */
export async function partsOfFiles(
  { files, labels }: ImageFileSet,
  folder: string,
): Promise<Part[]> {
  return [...files.map((file) => nameIn(folder, file)), labels, ...(await contentsOf(files))];
}

/** The parts of clips: their names below a folder, their labels and their contents. */
export async function partsOfClips(clips: SoundClip[], folder: string): Promise<Part[]> {
  const named = clips.flatMap(({ file, labels }) => [
    nameIn(folder, file),
    labels.map((label) => (Array.isArray(label) ? `[${label}]` : label)).join(),
  ]);
  return [...named, ...(await contentsOf(clips.map(({ file }) => file)))];
}

/** Files up to this size, in bytes, are hashed completely. */
const WHOLE_BYTES = 256 * 1024;

/** Bytes that are hashed at the start, in the middle and at the end of a larger file. */
const WINDOW_BYTES = 64 * 1024;

/** Maximum number of open files. */
const OPEN_FILES = 16;

/**
 * The size and a hash of each file. File times have no influence. Only three windows of a large
 * file are hashed, for speed.
 */
function contentsOf(files: string[]): Promise<string[]> {
  const limit = pLimit(OPEN_FILES);
  return Promise.all(files.map((file) => limit(() => contentOf(file))));
}

async function contentOf(name: string): Promise<string> {
  const file = await open(name);
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    const isWhole = size <= WHOLE_BYTES;
    const middle = Math.floor((size - WINDOW_BYTES) / 2);
    const starts = isWhole ? [0] : [0, middle, size - WINDOW_BYTES];
    const bytes = Buffer.alloc(isWhole ? size : WINDOW_BYTES);
    for (const start of starts) {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      hash.update(bytes.subarray(0, bytesRead));
    }
    return `${size}:${hash.digest('hex')}`;
  } finally {
    await file.close();
  }
}

/** A file's name relative to the folder, the same on every system. */
function nameIn(folder: string, file: string): string {
  return path.relative(folder, file).replaceAll(path.sep, '/');
}
