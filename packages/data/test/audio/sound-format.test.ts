import { expect, it } from 'vitest';
import { id3Length, soundFormatOf } from '../../src/audio/sound-format.js';

const ascii = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)),
  );

it('detects formats by their first bytes', () => {
  const page = (codec: string) => ascii('OggS', Array<number>(24).fill(0), codec);
  expect(soundFormatOf(ascii('RIFF'))).toBe('wav');
  expect(soundFormatOf(ascii('fLaC'))).toBe('flac');
  expect(soundFormatOf(page('\x01vorbis'))).toBe('vorbis');
  expect(soundFormatOf(page('OpusHead'))).toBe('opus');
  expect(soundFormatOf(page('\x7fFLAC'))).toBe('flac');
  expect(soundFormatOf(page('theora'))).toBe(null);
  expect(soundFormatOf(ascii([0xff, 0xfb, 0x90, 0]))).toBe('mp3');
  // AAC has the same sync, and layer 0.
  expect(soundFormatOf(ascii([0xff, 0xf1, 0x50, 0]))).toBe(null);
  expect(soundFormatOf(new Uint8Array(0))).toBe(null);
});

it('skips an ID3 tag', () => {
  // A size of 1·128 + 2, in seven bits a byte.
  const tag = ascii('ID3', [4, 0, 0, 0, 0, 1, 2], Array<number>(130).fill(7));
  expect(id3Length(tag)).toBe(140);
  expect(soundFormatOf(ascii([...tag], 'fLaC'))).toBe('flac');
  expect(soundFormatOf(ascii([...tag], [0xff, 0xfb]))).toBe('mp3');
  expect(soundFormatOf(tag.subarray(0, 50))).toBe('mp3');
});
