/** The compressed formats that decoder packages read. */
export type CompressedFormat = 'flac' | 'mp3' | 'vorbis' | 'opus';

/** The formats that can be read. */
export type SoundFormat = 'wav' | CompressedFormat;

/** File names of sounds, by their ending. */
export const SOUND_ENDING = /\.(wav|flac|mp3|ogg|oga|opus)$/i;

/** The endings of {@link SOUND_ENDING}, for messages. */
export const SOUND_ENDINGS = '.wav, .flac, .mp3, .ogg, .oga or .opus';

/** Bytes of a file that {@link soundFormatOf} looks at, apart from an ID3 tag. */
const HEAD = 64;

/** Bytes of an ID3v1 tag. */
const ID3V1 = 128;

/**
 * The format of a sound by its first bytes, whatever the file is called, or `null` for any other
 * content. An ID3 tag before the sound is skipped. If the tag is longer than `head`, the sound is
 * MP3, since other formats have tags of their own.
 */
export function soundFormatOf(head: Uint8Array): SoundFormat | null {
  const start = id3Length(head);
  if (start > 0 && start >= head.length) return 'mp3';
  const bytes = head.subarray(start, start + HEAD);
  const text = String.fromCharCode(...bytes);
  if (text.startsWith('RIFF')) return 'wav';
  if (text.startsWith('fLaC')) return 'flac';
  if (text.startsWith('OggS')) return oggCodec(text);
  // Eleven bits of sync, layer III.
  const isFrame = bytes[0] === 0xff && (bytes[1]! & 0xe6) === 0xe2;
  return isFrame || start > 0 ? 'mp3' : null;
}

/** Bytes of the ID3v2 tag at the start of a file, 0 if there is none. */
export function id3Length(bytes: Uint8Array): number {
  if (bytes.length < 10 || String.fromCharCode(...bytes.subarray(0, 3)) !== 'ID3') return 0;
  const footer = bytes[5]! & 0x10 ? 10 : 0;
  return 10 + footer + bytes.subarray(6, 10).reduce((size, byte) => 128 * size + (byte & 127), 0);
}

/** Bytes of the ID3v1 tag at the end of a file, 0 if there is none. */
export function endTagLength(tail: Uint8Array): number {
  const tag = tail.subarray(-ID3V1);
  return tag.length === ID3V1 && String.fromCharCode(...tag.subarray(0, 3)) === 'TAG' ? ID3V1 : 0;
}

/** The codec in the first page of an Ogg stream. */
function oggCodec(page: string): CompressedFormat | null {
  if (page.includes('vorbis')) return 'vorbis';
  if (page.includes('OpusHead')) return 'opus';
  return page.includes('FLAC') ? 'flac' : null;
}
