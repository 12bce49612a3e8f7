import { DataError } from '@ds/checks';
import { type CompressedFormat, id3Length } from './sound-format.js';

/** The longest Ogg page, in bytes: a header, 255 lengths, and 255 segments of 255 bytes. */
export const LONGEST_PAGE = 27 + 255 + 255 * 255;

/**
 * The number of samples that a FLAC file promises in its first block, or `null` if it does not
 * know. Other formats promise none.
 *
 * @param head the first bytes of the file.
 */
export function promisedSamples(format: CompressedFormat, head: Uint8Array): number | null {
  // After 'fLaC' and a block header of 4 bytes, the 36 low bits of bytes 10 to 17 are the count.
  const at = id3Length(head) + 8;
  const isNative = head[at - 8] === 0x66;
  if (format !== 'flac' || !isNative || head.length < at + 18) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const count = (view.getUint8(at + 13) & 15) * 2 ** 32 + view.getUint32(at + 14);
  return count === 0 ? null : count;
}

/**
 * Checks that the end of a file is there. An Ogg file must end with a whole page. An MP3 file with
 * a Xing or Info header must have as many bytes as the header says.
 *
 * @param head the first bytes of the file.
 * @param tail the last bytes, at least {@link LONGEST_PAGE} of them if the file has that many.
 * @param total the size of the file.
 * @throws DataError that names the file, if it is cut.
 */
export function requireWhole(
  name: string,
  format: CompressedFormat,
  { head, tail, total }: { head: Uint8Array; tail: Uint8Array; total: number },
): void {
  if (format === 'mp3') {
    const start = id3Length(head);
    const stated = xingBytes(head.subarray(start));
    if (stated !== null && total - start < stated) {
      throw new DataError(
        `${name}: MP3 must have ${stated} bytes, as its header says, ` +
          `got ${total - start}: it is cut`,
      );
    }
  }
  const isOgg = String.fromCharCode(...head.subarray(0, 4)) === 'OggS';
  const missing = isOgg ? missingInPage(tail) : 0;
  if (missing > 0) {
    throw new DataError(
      `${name}: Ogg must end with a whole page, got ${missing} bytes too few: it is cut`,
    );
  }
}

/** The bytes that the last page of an Ogg file lacks. */
function missingInPage(tail: Uint8Array): number {
  const text = new TextDecoder('latin1').decode(tail);
  const at = text.lastIndexOf('OggS');
  if (at < 0) return 0;
  if (at + 27 > tail.length) return at + 27 - tail.length;
  const end = at + 27 + tail[at + 26]!;
  const segments = tail.subarray(at + 27, end).reduce((sum, size) => sum + size, 0);
  return end + segments - tail.length;
}

/** The size of an MP3 stream in its Xing or Info header, or `null` if there is none. */
function xingBytes(frames: Uint8Array): number | null {
  const text = new TextDecoder('latin1').decode(frames.subarray(0, 64));
  const at = Math.max(text.indexOf('Xing'), text.indexOf('Info'));
  if (at < 0 || frames.length < at + 16) return null;
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
  // Flag 1: the number of frames is next. Flag 2: the number of bytes is next.
  const flags = view.getUint32(at + 4);
  return flags & 2 ? view.getUint32(at + (flags & 1 ? 12 : 8)) : null;
}
