import { describe, expect, it } from 'vitest';
import { decodeWav, toMono } from '../../src/audio/index.js';
import { type WavForm, wavFile } from './wav-file.js';

const left = [0, 0.5, -0.5, 0.25, -1, 0.125];
const right = [0.75, -0.25, 0, 0.5, 0.25, -0.125];

describe('decodeWav', () => {
  it.each<[string, WavForm, number]>([
    ['8 bits', { bits: 8 }, 0],
    ['16 bits', { bits: 16 }, 0],
    ['24 bits', { bits: 24 }, 0],
    ['32 bits', { bits: 32 }, 0],
    ['float', { bits: 32, isFloat: true }, 0],
    ['double', { bits: 64, isFloat: true }, 0],
    ['extensible 24 bits', { bits: 24, isExtensible: true }, 0],
    ['extensible float', { bits: 32, isFloat: true, isExtensible: true }, 0],
    ['another chunk of odd size in front', { junk: 5 }, 0],
    ['44.1 kHz', { sampleRate: 44_100 }, 0],
  ])('reads %s, exactly', (_, form) => {
    const sound = decodeWav(wavFile([left, right], form));
    expect(sound.sampleRate).toBe(form.sampleRate ?? 8000);
    expect(sound.channels.map((channel) => [...channel])).toEqual([left, right]);
  });

  it('reads a view into a larger buffer', () => {
    const file = wavFile([left]);
    const padded = new Uint8Array(file.length + 6);
    padded.set(file, 3);
    expect([...decodeWav(padded.subarray(3, 3 + file.length)).channels[0]!]).toEqual(left);
  });

  const changed = (at: number, ...values: number[]) => {
    const file = wavFile([left, right]);
    file.set(values, at);
    return file;
  };
  it.each([
    ['no RIFF', changed(0, 0x4f), 'must begin with \'RIFF\' at byte 0, got "OIFF"'],
    ['another RIFF', changed(8, 0x41), 'must have \'WAVE\' at byte 8, got "AAVE"'],
    ['nothing', new Uint8Array(0), "must begin with 'RIFF' at byte 0"],
    ['a coding', changed(20, 7), 'samples must be PCM (1) or float (3) at byte 20, got 7 (μ-law)'],
    ['bits', changed(34, 12), 'bits must be one of 8, 16, 24, 32 at byte 34, got 12'],
    ['no channel', changed(22, 0), 'channels must be >= 1 at byte 22, got 0'],
    ['no rate', changed(24, 0, 0), 'the sample rate must be >= 1 Hz at byte 24, got 0'],
    ['a short format chunk', changed(16, 4), "the 'fmt ' chunk must have 16 bytes or more"],
    [
      'truncated data',
      wavFile([left, right]).slice(0, -3),
      'as many bytes as its data chunk says (24) at byte 40, got 21',
    ],
    ['half a frame', changed(40, 22), 'a whole number of frames of 4 bytes at byte 40, got 22'],
    ['zero length', wavFile([[]]), 'must have at least one sample at byte 40'],
    [
      'no data chunk',
      wavFile([left]).slice(0, 36),
      "must have a 'data' chunk at byte 36, got the end",
    ],
    [
      'data first',
      changed(12, 0x64, 0x61, 0x74, 0x61),
      "must have a 'fmt ' chunk before 'data' at byte 12",
    ],
  ])('refuses %s and names the file and the byte', (_, bytes, message) => {
    expect(() => decodeWav(bytes, 'clip.wav')).toThrow(message);
    expect(() => decodeWav(bytes, 'clip.wav')).toThrow(/^clip\.wav: /);
  });
});

describe('toMono', () => {
  it('takes the mean of the channels', () => {
    const mono = toMono(decodeWav(wavFile([left, right])));
    expect([...mono]).toEqual(left.map((value, i) => (value + right[i]!) / 2));
  });
});
