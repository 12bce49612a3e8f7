import { refuse, requireList, requireObject, requireString } from '@ds/checks';
/** Decoded sound: samples in [−1, 1) by channel. */
export interface Sound {
  /** Hz. */
  sampleRate: number;
  /** One array of equal length a channel. */
  channels: Float32Array[];
}

/** Formats of samples by the tag of the `fmt ` chunk. */
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** What other tags mean, for errors. */
const UNSUPPORTED: Record<number, string> = { 2: 'ADPCM', 6: 'A-law', 7: 'μ-law', 85: 'MP3' };

/**
 * Decodes a RIFF/WAVE file: PCM of 8, 16, 24 or 32 bits, or float of 32 or 64, of any rate and number of channels, plain
 * or extensible; chunks other than `fmt ` and `data` are skipped. Integers are divided by 2^(bits − 1), 8-bit ones are unsigned.
 *
 * @param name names the file in errors.
 * @throws Error that names the file, the byte, what was there and what must be: no RIFF/WAVE header, a missing, short or
 *   contradictory chunk, a coding that is not PCM, data that ends before its chunk does, or no sample at all.
 */
export function decodeWav(bytes: Uint8Array, name = 'decodeWav: bytes'): Sound {
  if (!(bytes instanceof Uint8Array)) refuse('decodeWav', 'bytes', 'be a Uint8Array', bytes);
  requireString('decodeWav', 'name', name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  const fail = (at: number, rule: string, got: unknown): never => {
    throw new Error(`${name}: ${rule} at byte ${at}, got ${got}`);
  };
  if (bytes.length < 12 || tag(0) !== 'RIFF') fail(0, "must begin with 'RIFF'", quoted(tag(0)));
  if (tag(8) !== 'WAVE') fail(8, "must have 'WAVE'", quoted(tag(8)));
  let format: Format | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const from = at + 8;
    if (tag(at) === 'fmt ') {
      format = readFormat(view, from, size, fail);
    } else if (tag(at) === 'data') {
      if (!format) return fail(at, "must have a 'fmt ' chunk before 'data'", 'none');
      if (size === 0) fail(from - 4, 'must have at least one sample', 'a data chunk of 0 bytes');
      const there = bytes.length - from;
      if (size > there) {
        fail(from - 4, `must have as many bytes as its data chunk says (${size})`, there);
      }
      if (size % (format.channels * format.bytes) !== 0) {
        const frame = format.channels * format.bytes;
        fail(from - 4, `data must be a whole number of frames of ${frame} bytes`, size);
      }
      return { sampleRate: format.sampleRate, channels: readSamples(view, from, size, format) };
    }
    // Chunks are padded to an even size.
    at = from + size + (size % 2);
  }
  return fail(
    bytes.length,
    format ? "must have a 'data' chunk" : "must have a 'fmt ' chunk",
    'the end',
  );
}

/**
 * One channel of several: their mean, sample by sample.
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
  if (others.length === 0) return first!;
  return first!.map((value, i) => {
    const sum = others.reduce((total, channel) => total + channel[i]!, value);
    return sum / channels.length;
  });
}

interface Format {
  kind: typeof PCM | typeof FLOAT;
  channels: number;
  sampleRate: number;
  /** Of one sample. */
  bytes: number;
}

type Fail = (at: number, rule: string, got: unknown) => never;

function readFormat(view: DataView, from: number, size: number, fail: Fail): Format {
  if (size < 16 || from + size > view.byteLength) {
    fail(from - 4, "the 'fmt ' chunk must have 16 bytes or more, all in the file", size);
  }
  let kind = view.getUint16(from, true);
  const channels = view.getUint16(from + 2, true);
  const sampleRate = view.getUint32(from + 4, true);
  const bits = view.getUint16(from + 14, true);
  if (kind === EXTENSIBLE) {
    if (size < 40) fail(from - 4, "an extensible 'fmt ' chunk must have 40 bytes", size);
    kind = view.getUint16(from + 24, true);
  }
  if (kind !== PCM && kind !== FLOAT) {
    fail(
      from,
      'samples must be PCM (1) or float (3)',
      `${kind} (${UNSUPPORTED[kind] ?? 'unknown'})`,
    );
  }
  const allowed = kind === PCM ? [8, 16, 24, 32] : [32, 64];
  if (!allowed.includes(bits)) fail(from + 14, `bits must be one of ${allowed.join(', ')}`, bits);
  if (channels < 1) fail(from + 2, 'channels must be >= 1', channels);
  if (sampleRate < 1) fail(from + 4, 'the sample rate must be >= 1 Hz', sampleRate);
  return { kind: kind as Format['kind'], channels, sampleRate, bytes: bits / 8 };
}

function readSamples(
  view: DataView,
  from: number,
  size: number,
  { kind, channels: count, bytes }: Format,
): Float32Array[] {
  const frames = size / (bytes * count);
  const read = readerOf(view, kind, bytes);
  return Array.from({ length: count }, (_, channel) => {
    const samples = new Float32Array(frames);
    for (let i = 0, at = from + channel * bytes; i < frames; i++, at += count * bytes) {
      samples[i] = read(at);
    }
    return samples;
  });
}

function readerOf(view: DataView, kind: Format['kind'], bytes: number): (at: number) => number {
  if (kind === FLOAT) {
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

function quoted(text: string): string {
  return JSON.stringify(text);
}
