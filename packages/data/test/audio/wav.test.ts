import { describe, expect, it } from 'vitest';
import { decodeWav, type Sound, toMono } from '../../src/audio/index.js';
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
    ['an odd chunk before the data', { junk: 5 }, 0],
    ['44.1 kHz', { sampleRate: 44_100 }, 0],
  ])('reads %s exactly', (_, form) => {
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

  const extensible = (at: number, value: number) => {
    const file = wavFile([left], { isExtensible: true });
    file[at] = value;
    return file;
  };
  const twice = () => {
    const file = wavFile([left]);
    return Uint8Array.from([...file.subarray(0, 36), ...file.subarray(12)]);
  };
  const changed = (at: number, ...values: number[]) => {
    const file = wavFile([left, right]);
    file.set(values, at);
    return file;
  };
  it.each([
    ['no RIFF', changed(0, 0x4f), 'must begin with \'RIFF\' at byte 0, got "OIFF"'],
    ['another RIFF', changed(8, 0x41), 'must have \'WAVE\' at byte 8, got "AAVE"'],
    ['nothing', new Uint8Array(0), "must begin with 'RIFF' at byte 0"],
    [
      'an unsupported coding',
      changed(20, 7),
      'samples must be PCM (1) or float (3) at byte 20, got 7 (μ-law)',
    ],
    ['too few bits', changed(34, 7), 'bits must be 8 … 32 at byte 34, got 7'],
    ['too many bits', changed(34, 33), 'bits must be 8 … 32 at byte 34, got 33'],
    [
      'bits of another block align',
      changed(34, 24),
      'the block align must be 6 (2 × 3 bytes of 24 bits) at byte 32, got 4',
    ],
    [
      'a mismatched channel count',
      changed(22, 1),
      'the block align must be 2 (1 × 2 bytes of 16 bits)',
    ],
    [
      'a rate of another byte rate',
      changed(24, 0x80, 0x3e),
      'the byte rate must be 64000 (16000 Hz × 4 bytes) at byte 28, got 32000',
    ],
    [
      'more valid bits than there are',
      extensible(38, 17),
      'valid bits must be at most the 16 of a sample at byte 38, got 17',
    ],
    ['an extensible coding', extensible(44, 6), 'PCM (1) or float (3) at byte 44, got 6 (A-law)'],
    ['two formats', twice(), "must have one 'fmt ' chunk at byte 36, got another"],
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
  ])('throws on %s, and names the file and the byte', (_, bytes, message) => {
    expect(() => decodeWav(bytes, 'clip.wav')).toThrow(message);
    expect(() => decodeWav(bytes, 'clip.wav')).toThrow(/^clip\.wav: /);
  });
});

describe('common defects of WAV files', () => {
  /** Decodes `left` after a change, and returns the sound and the notes. */
  function decodeChanged(change: (file: Buffer) => Uint8Array, form?: WavForm) {
    const notes: string[] = [];
    const file = change(Buffer.from(wavFile([left], form)));
    const { channels } = decodeWav(file, 'clip.wav', (note) => notes.push(note));
    return { samples: [...channels[0]!], notes };
  }

  it.each([0xffffffff, 0x7fffffff, 0x7ffff000, 0])(
    'reads a stream with size %i to the end',
    (size) => {
      const { samples, notes } = decodeChanged((file) => {
        file.writeUInt32LE(size, 40);
        return file;
      });
      expect(samples).toEqual(left);
      expect(notes).toEqual([
        `clip.wav: its data chunk says ${size} bytes, as streams do: read to the end of the file`,
      ]);
    },
  );

  it('reads a stream that ends within a frame', () => {
    const { samples, notes } = decodeChanged((file) => {
      file.writeUInt32LE(0xffffffff, 40);
      return file.subarray(0, -1);
    });
    expect(samples).toEqual(left.slice(0, -1));
    expect(notes[1]).toBe('clip.wav: 1 byte after the last whole frame of 2 left out');
  });

  it('does not read a size of 0 before another chunk as a stream', () => {
    const open = () =>
      decodeChanged((file) => {
        file.writeUInt32LE(0, 40);
        return Buffer.concat([file.subarray(0, 44), Buffer.from('LIST\0\0\0\0')]);
      });
    expect(open).toThrow('must have at least one sample at byte 40');
  });

  it.each([1, 3, 5])('reads a chunk of %i bytes without its pad byte', (junk) => {
    const { samples, notes } = decodeChanged(
      (file) => {
        const end = 36 + 8 + junk;
        return Buffer.concat([file.subarray(0, end), file.subarray(end + 1)]);
      },
      { junk },
    );
    expect(samples).toEqual(left);
    expect(notes).toEqual([
      `clip.wav: a chunk of odd size has no pad byte at byte ${44 + junk}: read without it`,
    ]);
  });

  it('reads a block align and a byte rate of 0', () => {
    const { samples, notes } = decodeChanged((file) => file.fill(0, 28, 34));
    expect(samples).toEqual(left);
    expect(notes).toEqual([
      'clip.wav: its block align is 0: taken as 2 (1 × 2 bytes of 16 bits)',
      'clip.wav: its byte rate is 0: taken as 16000 (8000 Hz × 2 bytes)',
    ]);
  });

  it('notes each kind once over all files', () => {
    const notes: string[] = [];
    const listen = (note: string) => notes.push(note);
    const file = Buffer.from(wavFile([left])).fill(0, 32, 34);
    for (const name of ['a.wav', 'b.wav']) decodeWav(file, name, listen);
    expect(notes).toEqual([expect.stringMatching(/^a\.wav: its block align is 0/)]);
  });
});

describe('samples smaller than their container', () => {
  it.each([
    [12, 16, false],
    [20, 24, false],
    [12, 16, true],
    [20, 24, true],
    [20, 32, true],
    [24, 32, true],
  ] as const)('%i bits in %i, extensible: %s', (valid, bits, isExtensible) => {
    const file = Buffer.from(wavFile([left], { bits, isExtensible }));
    // An extensible header has the container's bits and the sample's. A plain one has the sample's.
    file.writeUInt16LE(valid, isExtensible ? 38 : 34);
    expect([...decodeWav(file).channels[0]!]).toEqual(left);
  });

  it('a plain header of 24 bits means 3 bytes, not 4', () => {
    const file = Buffer.from(wavFile([left], { bits: 32 }));
    file.writeUInt16LE(24, 34);
    expect(() => decodeWav(file, 'clip.wav')).toThrow(
      'clip.wav: the block align must be 3 (1 × 3 bytes of 24 bits) at byte 32, got 4',
    );
  });
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'throws on a sample of %d, and names its time',
  (value) => {
    for (const bits of [32, 64] as const) {
      const sounds = [left, left.with(4, value)];
      const file = wavFile(sounds, { bits, isFloat: true, sampleRate: 100 });
      const at = 44 + (2 * 4 + 1) * (bits / 8);
      expect(() => decodeWav(file, 'clip.wav')).toThrow(
        `clip.wav: samples must be finite, at 0.04 s in channel 1 at byte ${at}, got ${value}`,
      );
    }
  },
);

describe('toMono', () => {
  it('takes the mean of the channels', () => {
    const mono = toMono(decodeWav(wavFile([left, right])));
    expect([...mono]).toEqual(left.map((value, i) => (value + right[i]!) / 2));
  });

  it.each([
    ['integers', Int16Array.of(1, 2, -4)],
    ['a plain array', [1, 2, -4]],
  ])('keeps halves of %s', (_, channel) => {
    const sound = (channels: unknown[]) => ({ sampleRate: 8, channels }) as Sound;
    expect(toMono(sound([channel, [0, 1, 1]]))).toEqual(Float32Array.of(0.5, 1.5, -1.5));
    expect(toMono(sound([channel]))).toEqual(Float32Array.of(1, 2, -4));
  });
});
