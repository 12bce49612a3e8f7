import {
  DataError,
  refuse,
  requireFunction,
  requireList,
  requireObject,
  requireString,
} from '@ds/checks';
import { counted } from '../left-out.js';
import { noteOnce, type OnNote } from '../note-once.js';
import { chunkName, isChunk, nextChunk } from './wav-chunks.js';
import { type Fail, type Note, readWavFormat, type WavFormat } from './wav-format.js';

/** A decoded sound: samples in [−1, 1) by channel. */
export interface Sound {
  /** Hz. */
  sampleRate: number;
  /** One array for each channel, all of equal length. */
  channels: Float32Array[];
}

/** Programs that write to a pipe do not know the size. They write this size or a larger one. */
const STREAM_SIZE = 0x7ffff000;

/**
 * Decodes a RIFF/WAVE file, plain or extensible: PCM of 8 to 32 bits, or float of 32 or 64 bits, at
 * any rate and with any number of channels. Chunks other than `fmt ` and `data` are skipped. A
 * sample of b bits occupies the high bits of a container of ceil(b/8) bytes, as the format says.
 * Integers are divided by 2^(bits − 1) of the container. One-byte integers are unsigned.
 *
 * The decoder accepts three common defects and reports them to `onNote`:
 *
 * - A data size of 0, or of 2 GiB − 4 KiB and more in a smaller file, as streams write it: the data
 *   extends to the end of the file.
 * - A block align or byte rate of 0: it is computed from the other fields.
 * - A missing pad byte after a chunk of odd size.
 *
 * @param name names the file in errors.
 * @param onNote called with a sentence for each guess or cut, once for each kind.
 * @throws DataError that names the file, the byte, the expected value and the value found, if the
 *   RIFF/WAVE header is missing, a chunk is missing or short, fields contradict each other, the
 *   coding is not PCM or float, the data is shorter than its chunk says, or there is no sample. For
 *   a sample that is not finite, it also names the time.
 */
export function decodeWav(bytes: Uint8Array, name = 'decodeWav: bytes', onNote?: OnNote): Sound {
  if (!(bytes instanceof Uint8Array)) refuse('decodeWav', 'bytes', 'be a Uint8Array', bytes);
  requireString('decodeWav', 'name', name);
  if (onNote !== undefined) requireFunction('decodeWav', 'onNote', onNote);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail: Fail = (at, rule, got) => {
    throw new DataError(`${name}: ${rule} at byte ${at}, got ${got}`);
  };
  const note: Note = (kind, text) => noteOnce(onNote, kind, `${name}: ${text}`);
  const { format, from, size } = locateWavData(bytes, bytes.length, fail, note);
  return {
    sampleRate: format.sampleRate,
    channels: readWavSamples(view, from, size, format, fail),
  };
}

/**
 * Mixes channels to mono by their mean.
 *
 * Shapes: channels of n samples each → n samples.
 */
export function toMono(sound: Sound): Float32Array {
  requireObject('toMono', 'sound', sound);
  const { channels } = sound;
  requireList('toMono', 'channels', channels);
  requireList('toMono', 'channels[0]', channels[0]);
  for (const [i, channel] of channels.entries()) {
    requireList('toMono', `channels[${i}]`, channel, channels[0]!.length);
  }
  const [first, ...others] = channels;
  if (others.length === 0 && first instanceof Float32Array) return first;
  // `map` of an integer array would round the means.
  return Float32Array.from(first!, (value, i) => {
    const sum = others.reduce((total, channel) => total + channel[i]!, value);
    return sum / channels.length;
  });
}

/**
 * Bytes from the start of a chunk that decide what it is: its name and size, the fields of a
 * format, and the name and size of a next chunk. The beginning of a file must have all of them.
 */
const CHUNK_HEAD = 64;

/** Where the samples of a WAV file are. */
export interface WavData {
  format: WavFormat;
  /** The first byte of the samples. */
  from: number;
  /** Number of bytes, a multiple of the frame size. */
  size: number;
}

/**
 * Finds the samples of a WAV file.
 *
 * @param bytes the file, or its beginning with all chunks before the data.
 * @param total size of the file.
 */
export function locateWavData(bytes: Uint8Array, total: number, fail: Fail, note: Note): WavData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || chunkName(bytes, 0) !== 'RIFF') {
    fail(0, "must begin with 'RIFF'", JSON.stringify(chunkName(bytes, 0)));
  }
  if (chunkName(bytes, 8) !== 'WAVE') {
    fail(8, "must have 'WAVE'", JSON.stringify(chunkName(bytes, 8)));
  }
  let format: WavFormat | null = null;
  const needed = bytes.length < total ? CHUNK_HEAD : 8;
  for (let at = 12; at + needed <= bytes.length; ) {
    const chunk = chunkName(bytes, at);
    const size = view.getUint32(at + 4, true);
    const from = at + 8;
    if (chunk === 'fmt ') {
      if (format) fail(at, "must have one 'fmt ' chunk", 'another');
      format = readWavFormat(view, from, size, total, fail, note);
    } else if (chunk === 'data') {
      if (!format) return fail(at, "must have a 'fmt ' chunk before 'data'", 'none');
      return { format, from, size: dataLength(bytes, total, from, size, format, fail, note) };
    }
    at = nextChunk(bytes, from + size, total, note);
  }
  return fail(
    bytes.length,
    format ? "must have a 'data' chunk" : "must have a 'fmt ' chunk",
    'the end',
  );
}

/** Number of data bytes, a multiple of the frame size. */
function dataLength(
  bytes: Uint8Array,
  total: number,
  from: number,
  size: number,
  { channels, bytes: sampleBytes }: WavFormat,
  fail: Fail,
  note: Note,
): number {
  const frame = channels * sampleBytes;
  const there = total - from;
  const isStream =
    (size >= STREAM_SIZE && size > there) || (size === 0 && !isChunk(bytes, from, total));
  if (isStream && there >= frame) {
    note('stream', `its data chunk says ${size} bytes, as streams do: read to the end of the file`);
    const rest = there % frame;
    if (rest > 0)
      note('rest', `${counted(rest, 'byte')} after the last whole frame of ${frame} left out`);
    return there - rest;
  }
  if (size === 0 || isStream) fail(from - 4, 'must have at least one sample', `${there} bytes`);
  if (size > there) {
    fail(from - 4, `must have as many bytes as its data chunk says (${size})`, there);
  }
  if (size % frame !== 0) {
    fail(from - 4, `data must be a whole number of frames of ${frame} bytes`, size);
  }
  return size;
}

/**
 * Decodes samples by channel.
 *
 * @param before number of frames before the first one here. Errors name the time.
 */
export function readWavSamples(
  view: DataView,
  from: number,
  size: number,
  { isFloat, channels: count, bytes, sampleRate }: WavFormat,
  fail: Fail,
  before = 0,
): Float32Array[] {
  const frames = size / (bytes * count);
  const read = readerOf(view, isFloat, bytes);
  return Array.from({ length: count }, (_, channel) => {
    const samples = new Float32Array(frames);
    for (let i = 0, at = from + channel * bytes; i < frames; i++, at += count * bytes) {
      samples[i] = read(at);
      if (isFloat && !Number.isFinite(samples[i])) {
        const seconds = Number(((before + i) / sampleRate).toFixed(6));
        fail(at, `samples must be finite, at ${seconds} s in channel ${channel}`, read(at));
      }
    }
    return samples;
  });
}

function readerOf(view: DataView, isFloat: boolean, bytes: number): (at: number) => number {
  if (isFloat) {
    return bytes === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  }
  switch (bytes) {
    case 1:
      return (at) => (view.getUint8(at) - 128) / 2 ** 7;
    case 2:
      return (at) => view.getInt16(at, true) / 2 ** 15;
    case 3:
      return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23;
    default:
      return (at) => view.getInt32(at, true) / 2 ** 31;
  }
}
