import { DataError } from '@ds/checks';
import type { CompressedFormat } from './sound-format.js';
import { DECODER_PACKAGES, type DecodedPart, streamDecoder } from './stream-decoder.js';
import type { Sound } from './wav.js';

/** Bytes that are decoded at a time. */
const PART = 2 ** 16;

/** Where a compressed sound comes from. */
export interface CompressedSound {
  format: CompressedFormat;
  /** Names the file in errors. */
  name: string;
  /** Consecutive bytes of the file. FLAC must be without an ID3v1 tag at its end. */
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** The number of samples that the file promises, if it does. */
  promised: number | null;
}

/**
 * Decodes FLAC, MP3, Ogg Vorbis or Ogg Opus, and yields the samples as they come. It keeps one
 * part of the file.
 *
 * FLAC is lossless. The decoder divides samples of b bits by 2^(b − 1) − 1. Here they are divided
 * by 2^(b − 1), as in `decodeWav`, so both files give the same samples.
 *
 * @throws Error with the install command, if the decoder package is not installed.
 * @throws DataError that names the file, if the decoder finds an error, the sample rate or the
 *   number of channels changes, there is no sample, or samples are missing.
 */
export async function* decodeCompressed(sound: CompressedSound): AsyncGenerator<Sound> {
  const { format, name, bytes, promised } = sound;
  const decoders = DECODER_PACKAGES[format];
  const decoder = await streamDecoder(name, decoders);
  const fail = (rule: string, got: unknown): never => {
    throw new DataError(`${name}: ${decoders.format} ${rule}, got ${got}`);
  };
  let first: Sound | null = null;
  let samples = 0;
  const take = ({ channelData, samplesDecoded, sampleRate, bitDepth, errors }: DecodedPart) => {
    const seconds = first ? ` after ${(samples / first.sampleRate).toFixed(2)} s` : '';
    if (errors.length > 0) fail(`data must be intact${seconds}`, `'${errors[0]!.message.trim()}'`);
    if (samplesDecoded === 0) return null;
    const channels = format === 'flac' ? losslessScale(channelData, bitDepth!) : channelData;
    first ??= { sampleRate, channels };
    if (sampleRate !== first.sampleRate) {
      fail(`must keep its sample rate of ${first.sampleRate} Hz${seconds}`, `${sampleRate} Hz`);
    }
    if (channels.length !== first.channels.length) {
      fail(`must keep its ${first.channels.length} channels${seconds}`, channels.length);
    }
    samples += samplesDecoded;
    return { sampleRate, channels };
  };
  try {
    for await (const part of inParts(bytes)) {
      const piece = take(await decoder.decode(part));
      if (piece) yield piece;
    }
    const rest = decoder.flush ? take(await decoder.flush()) : null;
    if (rest) yield rest;
    if (samples === 0) fail('must have at least one sample', 'none: it is empty, cut or broken');
    if (promised !== null && samples !== promised) {
      fail(`must have ${promised} samples, as its header says`, `${samples}: it is cut or broken`);
    }
  } finally {
    decoder.free();
  }
}

/** Rescales samples of `bits` bits from a divisor of 2^(bits − 1) − 1 to 2^(bits − 1). */
function losslessScale(channels: Float32Array[], bits: number): Float32Array[] {
  const full = 2 ** (bits - 1);
  return channels.map((channel) => channel.map((value) => Math.round(value * (full - 1)) / full));
}

async function* inParts(bytes: CompressedSound['bytes']): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length; at += PART) yield piece.subarray(at, at + PART);
  }
}
