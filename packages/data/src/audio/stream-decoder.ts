import type { CompressedFormat } from './sound-format.js';

/** Samples from a decoder package, and the errors that it found. */
export interface DecodedPart {
  channelData: Float32Array[];
  samplesDecoded: number;
  /** Hz. */
  sampleRate: number;
  /** Bits of a sample in a lossless file. */
  bitDepth?: number;
  errors: { message: string }[];
}

/** What the decoder packages have in common. Bytes may come in parts of any size. */
export interface StreamDecoder {
  ready: Promise<void>;
  decode(bytes: Uint8Array): DecodedPart | Promise<DecodedPart>;
  /** Decodes the remaining bytes. Absent if the decoder keeps none. */
  flush?(): Promise<DecodedPart>;
  free(): void;
}

/** A decoder package. It is imported when the first such file is read. */
interface DecoderPackage {
  /** The format's name in messages. */
  format: string;
  /** The package's name on npm. */
  name: string;
  load(): Promise<new () => StreamDecoder>;
}

/** The packages by format. They are optional peer dependencies. */
export const DECODER_PACKAGES: Record<CompressedFormat, DecoderPackage> = {
  flac: {
    format: 'FLAC',
    name: '@wasm-audio-decoders/flac',
    load: async () => (await import('@wasm-audio-decoders/flac')).FLACDecoder,
  },
  mp3: {
    format: 'MP3',
    name: 'mpg123-decoder',
    load: async () => (await import('mpg123-decoder')).MPEGDecoder,
  },
  vorbis: {
    format: 'Ogg Vorbis',
    name: '@wasm-audio-decoders/ogg-vorbis',
    load: async () => (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder,
  },
  opus: {
    format: 'Ogg Opus',
    name: 'ogg-opus-decoder',
    load: async () => (await import('ogg-opus-decoder')).OggOpusDecoder,
  },
};

/**
 * A new decoder. The caller frees it.
 *
 * @param file names the file in errors.
 * @throws Error with the install command, if the package is not installed.
 */
export async function streamDecoder(
  file: string,
  { format, name, load }: DecoderPackage,
): Promise<StreamDecoder> {
  const Decoder = await load().catch((error) => {
    throw new Error(`${file}: reading ${format} files needs ${name}: 'npm install ${name}'`, {
      cause: error,
    });
  });
  const decoder = new Decoder();
  await decoder.ready;
  return decoder;
}
