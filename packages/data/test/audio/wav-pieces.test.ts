import { mkdtemp, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { decodeWav, toMono } from '../../src/audio/index.js';
import { wavPieces } from '../../src/index.js';
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
