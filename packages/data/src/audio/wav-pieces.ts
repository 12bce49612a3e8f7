import { DataError, requireFunction, requireString } from '@ds/checks';
import { noteOnce, type OnNote } from '../note-once.js';
import { inFile, type ReadAt } from './in-file.js';
import { locateWavData, readWavSamples, toMono, type WavData } from './wav.js';
import type { Fail } from './wav-format.js';

/** Bytes that are read first to find the samples. */
const HEAD = 2 ** 16;

/** The approximate number of bytes that are read at a time. */
const PIECE = 2 ** 20;

/** A sound that is read in pieces. */
export interface SoundPieces {
  /** Hz. */
  sampleRate: number;
  /** Duration in seconds. */
  seconds: number;
  /** Consecutive samples of one channel, in [−1, 1). The channels of the file are averaged. */
  pieces: AsyncIterable<Float32Array>;
}

/**
 * Opens a WAV file of any length, and reads it a megabyte at a time. The samples are those of
 * `decodeWav` and `toMono`. The file is closed after the last piece. Node only.
 *
 * @param onNote see `decodeWav`.
 * @throws DataError as `decodeWav` does, and if the file cannot be read. A file that becomes
 *   shorter is found when the pieces are read.
 */
export async function wavPieces(file: string, onNote?: OnNote): Promise<SoundPieces> {
  const op = 'wavPieces';
  requireString(op, 'file', file);
  if (onNote !== undefined) requireFunction(op, 'onNote', onNote);
  return openWav(op, file, onNote);
}

/** {@link wavPieces}, with the name of the function that errors name. */
export async function openWav(op: string, file: string, onNote?: OnNote): Promise<SoundPieces> {
  const data = await inFile(op, file, 'a WAV file', (readAt, total) =>
    dataOf(readAt, file, total, onNote),
  );
  const { format, size } = data;
  const frames = size / (format.bytes * format.channels);
  return {
    sampleRate: format.sampleRate,
    seconds: frames / format.sampleRate,
    pieces: piecesOf(op, file, data),
  };
}

/**
 * A failure at least this number of bytes before the end of the head does not depend on later
 * bytes.
 */
const FAR = 1024;

/** Finds the samples. The head grows until it has all chunks before them. */
async function dataOf(
  readAt: ReadAt,
  file: string,
  total: number,
  onNote?: OnNote,
): Promise<WavData> {
  for (let length = HEAD; ; length *= 8) {
    const notes: [string, string][] = [];
    let failure = 0;
    const fail: Fail = (at, rule, got) => {
      failure = at;
      return failing(file, 0)(at, rule, got);
    };
    const head = await readAt(0, Math.min(length, total));
    try {
      const found = locateWavData(head, total, fail, (kind, text) => notes.push([kind, text]));
      for (const [kind, text] of notes) noteOnce(onNote, kind, `${file}: ${text}`);
      return found;
    } catch (error) {
      const isFinal = head.length >= total || failure + FAR <= head.length;
      if (isFinal || !(error instanceof DataError)) throw error;
    }
  }
}

async function* piecesOf(
  op: string,
  file: string,
  { format, from, size }: WavData,
): AsyncGenerator<Float32Array> {
  const { sampleRate, bytes, channels } = format;
  const frame = bytes * channels;
  const step = Math.max(1, Math.floor(PIECE / frame)) * frame;
  for (let at = 0; at < size; at += step) {
    const read = await inFile(op, file, 'a WAV file', (readAt) =>
      readAt(from + at, Math.min(step, size - at)),
    );
    const view = new DataView(read.buffer, read.byteOffset, read.byteLength);
    const fail = failing(file, from + at);
    yield toMono({
      sampleRate,
      channels: readWavSamples(view, 0, read.length, format, fail, at / frame),
    });
  }
}

const failing =
  (file: string, before: number): Fail =>
  (at, rule, got) => {
    throw new DataError(`${file}: ${rule} at byte ${before + at}, got ${got}`);
  };
