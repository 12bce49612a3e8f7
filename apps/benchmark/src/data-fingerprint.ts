import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ImageFileSet, ImageSet, SoundClip } from '@ds/data';

/** What a fingerprint is made of: texts, numbers, and the bytes of sets in memory. */
type Part = string | number | Uint8Array | Uint16Array;

/** A hash of what a run is trained and tested on, as 16 hexadecimal digits. */
export function fingerprint(parts: Part[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes =
      typeof part === 'object'
        ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
        : Buffer.from(String(part));
    // With their lengths, so that no two lists of parts give the same bytes.
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The parts of a set in memory: its pixels and labels. */
export function partsOfImages({ images, labels }: ImageSet): Part[] {
  return [images, labels];
}

/** The parts of a set of files: their names below a folder, and their labels. Contents are not read. */
export function partsOfFiles({ files, labels }: ImageFileSet, folder: string): Part[] {
  return [...files.map((file) => nameIn(folder, file)), labels];
}

/** The parts of clips: their names below a folder, and their labels. */
export function partsOfClips(clips: SoundClip[], folder: string): Part[] {
  return clips.flatMap(({ file, labels }) => [nameIn(folder, file), labels.join()]);
}

/** A file's name, the same wherever the folder lies. */
function nameIn(folder: string, file: string): string {
  return path.relative(folder, file).replaceAll(path.sep, '/');
}
