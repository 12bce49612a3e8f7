import { DataError, refuse, requireFunction, requireString } from '@ds/checks';
import type { OnNote } from '../note-once.js';
import { decodeCompressed } from './decode-compressed.js';
import { endTagLength, soundFormatOf } from './sound-format.js';
import { decodeWav, type Sound } from './wav.js';
import { LONGEST_PAGE, promisedSamples, requireWhole } from './whole-sound.js';

/**
 * Decodes a whole sound file: WAV, FLAC, MP3, Ogg Vorbis or Ogg Opus. The content decides, whatever
 * the name is. The samples of a FLAC file equal those of the WAV file that it was made of. Opus
 * decodes to 48 kHz. MP3 has two channels, which are equal if the file has one.
 *
 * WAV needs no other package. The other formats need one of these, which are optional peer
 * dependencies: `@wasm-audio-decoders/flac`, `mpg123-decoder`, `@wasm-audio-decoders/ogg-vorbis`,
 * `ogg-opus-decoder`. All samples are in memory: `soundPieces` reads long files. Node only.
 * Browsers have `decodeAudioData`.
 *
 * @param name names the file in errors.
 * @param onNote see `decodeWav`.
 * @throws Error with the install command, if the format's package is not installed.
 * @throws DataError that names the file, if it has another format, has no sample, is cut or broken,
 *   or is a WAV file that `decodeWav` refuses.
 */
export async function decodeSound(
  bytes: Uint8Array,
  name = 'decodeSound: bytes',
  onNote?: OnNote,
): Promise<Sound> {
  if (!(bytes instanceof Uint8Array)) refuse('decodeSound', 'bytes', 'be a Uint8Array', bytes);
  requireString('decodeSound', 'name', name);
  if (onNote !== undefined) requireFunction('decodeSound', 'onNote', onNote);
  const format = soundFormatOf(bytes);
  if (format === 'wav') return decodeWav(bytes, name, onNote);
  if (format === null) throw otherFormat(name, bytes);
  const tail = bytes.subarray(-LONGEST_PAGE);
  requireWhole(name, format, { head: bytes, tail, total: bytes.length });
  const pieces: Sound[] = [];
  const promised = promisedSamples(format, bytes);
  const end = bytes.length - (format === 'flac' ? endTagLength(tail) : 0);
  const parts = [bytes.subarray(0, end)];
  for await (const piece of decodeCompressed({ format, name, bytes: parts, promised })) {
    pieces.push(piece);
  }
  const { sampleRate, channels } = pieces[0]!;
  return {
    sampleRate,
    channels: channels.map((_, at) => joined(pieces.map((piece) => piece.channels[at]!))),
  };
}

/** The error of a file whose content cannot be read as a sound. */
export function otherFormat(name: string, head: Uint8Array): DataError {
  const magic = String.fromCharCode(...head.subarray(0, 4));
  const start = JSON.stringify(magic);
  if (magic === 'OggS') {
    return new DataError(
      `${name}: Ogg must hold Vorbis, Opus or FLAC, got another codec; convert it`,
    );
  }
  return new DataError(
    `${name}: must begin with 'RIFF' (WAV), 'fLaC', 'OggS' (Vorbis, Opus or FLAC) or a frame of MP3, ` +
      `got ${head.length === 0 ? 'an empty file' : start}; convert it`,
  );
}

function joined(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
