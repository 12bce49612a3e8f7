import { requireFunction, requireString } from '@ds/checks';
import type { OnNote } from '../note-once.js';
import { decodeCompressed } from './decode-compressed.js';
import { otherFormat } from './decode-sound.js';
import { inFile } from './in-file.js';
import { endTagLength, soundFormatOf } from './sound-format.js';
import { toMono } from './wav.js';
import { openWav, type SoundPieces } from './wav-pieces.js';
import { LONGEST_PAGE, promisedSamples, requireWhole } from './whole-sound.js';

/** Bytes that are read at a time. */
const PIECE = 2 ** 20;

/**
 * Opens a sound file of any length and of any format that `decodeSound` reads, and reads it a
 * megabyte at a time. The samples are those of `decodeSound` and `toMono`. Memory does not grow
 * with the length. Node only.
 *
 * @param onNote see `decodeWav`.
 * @throws Error with the install command, if the format's package is not installed.
 * @throws DataError as `decodeSound` does, and if the file cannot be read. Data that is broken
 *   further on, or a file that becomes shorter, is found when the pieces are read.
 */
export async function soundPieces(
  file: string,
  onNote?: OnNote,
): Promise<Omit<SoundPieces, 'seconds'>> {
  const op = 'soundPieces';
  requireString(op, 'file', file);
  if (onNote !== undefined) requireFunction(op, 'onNote', onNote);
  const { head, tail, total } = await inFile(op, file, 'a sound file', async (readAt, size) => ({
    head: await readAt(0, Math.min(PIECE, size)),
    tail: await readAt(Math.max(0, size - LONGEST_PAGE), Math.min(LONGEST_PAGE, size)),
    total: size,
  }));
  const format = soundFormatOf(head);
  if (format === 'wav') return openWav(op, file, onNote);
  if (format === null) throw otherFormat(file, head);
  requireWhole(file, format, { head, tail, total });
  const promised = promisedSamples(format, head);
  const end = total - (format === 'flac' ? endTagLength(tail) : 0);
  const decode = () => {
    const bytes = partsOf(op, file, end);
    return decodeCompressed({ format, name: file, bytes, promised });
  };
  // The first piece has the sample rate. Its decoder ends here, since the caller may read no piece.
  const start = decode();
  const { value: first } = await start.next();
  await start.return(undefined);
  return {
    sampleRate: first!.sampleRate,
    pieces: (async function* () {
      for await (const sound of decode()) yield toMono(sound);
    })(),
  };
}

async function* partsOf(op: string, file: string, end: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < end; at += PIECE) {
    yield await inFile(op, file, 'a sound file', (readAt) => readAt(at, Math.min(PIECE, end - at)));
  }
}
