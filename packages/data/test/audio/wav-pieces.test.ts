import { mkdtemp, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { decodeWav, toMono } from '../../src/audio/index.js';
import { soundPieces, wavPieces } from '../../src/index.js';
import { tone, wavFile } from './wav-file.js';

const folder = await mkdtemp(path.join(tmpdir(), 'pieces-'));

async function written(name: string, bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

/** A 16-bit file of many megabytes, made without a list of numbers. */
function longWav(frames: number): Uint8Array {
  const head = wavFile([[0], [0]]);
  const bytes = new Uint8Array(44 + 4 * frames);
  bytes.set(head.subarray(0, 44));
  new DataView(bytes.buffer).setUint32(40, 4 * frames, true);
  for (let i = 44; i < bytes.length; i++) bytes[i] = (i * 7919) >> 5;
  return bytes;
}

async function read(file: string): Promise<Float32Array[]> {
  const pieces: Float32Array[] = [];
  for await (const piece of (await wavPieces(file)).pieces) pieces.push(piece);
  return pieces;
}

it('reads a long file in pieces that equal the whole', async () => {
  const bytes = longWav(700_000);
  const file = await written('long.wav', bytes);
  const pieces = await read(file);
  expect(pieces.map(({ length }) => length)).toEqual([262_144, 262_144, 175_712]);
  const want = Buffer.from(toMono(decodeWav(bytes)).buffer);
  expect(Buffer.concat(pieces.map((one) => Buffer.from(one.buffer))).equals(want)).toBe(true);
  const { sampleRate, seconds } = await wavPieces(file);
  expect([sampleRate, seconds]).toEqual([8000, 87.5]);
});

it('finds samples after a long chunk, in 24 bits', async () => {
  const bytes = wavFile([tone(300, 0.1), tone(500, 0.1)], { bits: 24, junk: 90_000 });
  const [piece] = await read(await written('junk.wav', bytes));
  expect(piece).toEqual(toMono(decodeWav(bytes)));
});

it('reads a stream to its end, with a note', async () => {
  const bytes = wavFile([tone(300, 0.1)]);
  new DataView(bytes.buffer).setUint32(40, 0xffffffff, true);
  const file = await written('stream.wav', bytes);
  const notes: string[] = [];
  expect((await wavPieces(file, (note) => notes.push(note))).seconds).toBe(0.1);
  expect(notes).toEqual([expect.stringMatching(/^.*stream\.wav: its data chunk says/)]);
});

/** A chunk of zeros. */
function chunk(name: string, size: number): Buffer {
  const bytes = Buffer.alloc(8 + size);
  bytes.write(name, 'latin1');
  bytes.writeUInt32LE(size, 4);
  return bytes;
}

it('takes no other chunk for sound, also one that is longer than the first read', async () => {
  const head = Buffer.from(wavFile([[0]])).subarray(0, 44);
  head.writeUInt32LE(0, 40);
  const bytes = Buffer.concat([head, chunk('abcd', 100_000)]);
  const message = /: must have at least one sample at byte 40, got 100008 bytes$/;
  expect(() => decodeWav(bytes)).toThrow(message);
  await expect(wavPieces(await written('empty.wav', bytes))).rejects.toThrow(message);
});

it('finds the same samples as decodeWav where the first read ends', async () => {
  const sound = Buffer.from(wavFile([tone(300, 0.1)]));
  const want = decodeWav(sound).channels[0]!;
  for (const lacksPad of [false, true]) {
    for (let end = 2 ** 16 - 70; end < 2 ** 16 + 4; end++) {
      // An unknown chunk, also with an odd size, up to about the end of the first read.
      const odd = chunk('abcd', end - 36 - 8);
      const pad = Buffer.alloc(lacksPad ? 0 : end % 2);
      const next = chunk('efgh', 10);
      const bytes = Buffer.concat([sound.subarray(0, 36), odd, pad, next, sound.subarray(36)]);
      const [piece] = await read(await written('ends.wav', bytes));
      expect(piece).toEqual(want);
    }
  }
  // The format itself is longer.
  const long = Buffer.concat([sound.subarray(0, 36), Buffer.alloc(100_000), sound.subarray(36)]);
  long.writeUInt32LE(100_016, 16);
  expect(await read(await written('format.wav', long))).toEqual([want]);
});

it.each(['wav', 'flac'])('throws on a %s file that becomes shorter', async (ending) => {
  const bytes =
    ending === 'wav'
      ? longWav(700_000)
      : await readFile(new URL('../fixtures/sounds/chirp.flac', import.meta.url));
  const file = await written(`shorter.${ending}`, bytes);
  const { pieces } = await soundPieces(file);
  const half = bytes.length >> 1;
  const taken = (async () => {
    await truncate(file, half);
    for await (const _ of pieces);
  })();
  const kind = ending === 'wav' ? 'a WAV file' : 'a sound file';
  await expect(taken).rejects.toThrow(
    new RegExp(
      `^soundPieces: .*shorter\\.${ending} cannot be read; expected ${kind}, ` +
        'but it became shorter than \\d+ bytes while it was read$',
    ),
  );
});

it('throws on a file that is missing, cut or not finite', async () => {
  await expect(wavPieces(path.join(folder, 'none.wav'))).rejects.toThrow(
    /^wavPieces: .*none\.wav cannot be read; expected a WAV file, but it does not exist$/,
  );
  const cut = await written('cut.wav', longWav(50_000).subarray(0, 100_000));
  await expect(wavPieces(cut)).rejects.toThrow(/cut\.wav: must have as many bytes .* at byte 40/);
  // A-law. Its hole takes no space on the disk, but would take it in memory.
  const law = longWav(1);
  new DataView(law.buffer).setUint16(20, 6, true);
  const coded = await written('law.wav', law);
  await truncate(coded, 2 ** 33);
  await expect(wavPieces(coded)).rejects.toThrow(/law\.wav: .* at byte 20, got /);
  const spoilt = wavFile([tone(300, 40)], { bits: 32, isFloat: true });
  new DataView(spoilt.buffer).setFloat32(44 + 4 * 300_000, Number.NaN, true);
  await expect(read(await written('nan.wav', spoilt))).rejects.toThrow(
    'samples must be finite, at 37.5 s in channel 0 at byte 1200044, got NaN',
  );
});
