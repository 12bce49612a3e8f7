import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { decodeCompressed } from '../../src/audio/decode-compressed.js';
import { decodeWav, resampleSound, toMono } from '../../src/audio/index.js';
import { DECODER_PACKAGES, streamDecoder } from '../../src/audio/stream-decoder.js';
import { decodeSound, soundFiles, soundPieces, soundStatistics } from '../../src/index.js';

const SOUNDS = fileURLToPath(new URL('../fixtures/sounds/', import.meta.url));
const bytesOf = async (name: string) => new Uint8Array(await readFile(path.join(SOUNDS, name)));
const WAV = decodeWav(await bytesOf('chirp.wav'));
const folder = await mkdtemp(path.join(tmpdir(), 'formats-'));

/** Root of the mean squared difference, as a share of the root mean square of the second sound. */
function difference(got: Float32Array, want: Float32Array): number {
  const square = (values: Float32Array) => values.reduce((sum, value) => sum + value ** 2, 0);
  return Math.sqrt(square(want.map((value, i) => value - (got[i] ?? 0))) / square(want));
}

/** Whether samples are equal to the last bit. */
const isSame = (got: ArrayLike<number>, want: Float32Array) =>
  Buffer.from(Float32Array.from(got).buffer).equals(Buffer.from(want.slice().buffer));

it('decodes FLAC to the samples of the WAV file', async () => {
  for (const name of ['chirp.flac', 'chirp.wav']) {
    const { sampleRate, channels } = await decodeSound(await bytesOf(name));
    expect([sampleRate, channels.length]).toEqual([8000, 2]);
    expect(channels.map((channel, at) => isSame(channel, WAV.channels[at]!))).toEqual([true, true]);
  }
});

it.each([
  ['mp3', 8000, 0.05],
  ['ogg', 8000, 0.06],
  ['opus', 48_000, 0.1],
])('decodes %s at %i Hz, near the WAV file', async (ending, rate, tolerance) => {
  const { sampleRate, channels } = await decodeSound(await bytesOf(`chirp.${ending}`));
  expect([sampleRate, channels.length]).toEqual([rate, 2]);
  channels.forEach((channel, at) => {
    const same = resampleSound(channel, rate, 8000);
    expect(same.length).toBeGreaterThanOrEqual(2000);
    expect(difference(same, WAV.channels[at]!)).toBeLessThan(tolerance);
  });
});

it.each(['flac', 'mp3', 'ogg', 'opus', 'wav'])(
  'reads %s in pieces that equal the whole',
  async (ending) => {
    const file = path.join(SOUNDS, `chirp.${ending}`);
    const whole = await decodeSound(await bytesOf(`chirp.${ending}`));
    const { sampleRate, pieces } = await soundPieces(file);
    const samples: number[] = [];
    for await (const piece of pieces) samples.push(...piece);
    expect(sampleRate).toBe(whole.sampleRate);
    expect(isSame(samples, toMono(whole))).toBe(true);
  },
);

it.each(['flac', 'mp3', 'ogg', 'opus', 'wav'])(
  'reads %s with an ID3v1 tag at its end',
  async (ending) => {
    const plain = await bytesOf(`chirp.${ending}`);
    const tag = Buffer.alloc(128).fill('TAGchirp', 0, 8);
    const tagged = new Uint8Array(Buffer.concat([plain, tag]));
    const whole = await decodeSound(plain);
    expect(await decodeSound(tagged)).toEqual(whole);
    const file = path.join(folder, `tagged-${ending}`);
    await writeFile(file, tagged);
    const samples: number[] = [];
    for await (const piece of (await soundPieces(file)).pieces) samples.push(...piece);
    expect(isSame(samples, toMono(whole))).toBe(true);
  },
);

it('keeps no more than a part of a file, whatever the parts are', async () => {
  const all = await bytesOf('chirp.ogg');
  const parts = Array.from({ length: 4 }, (_, i) => all.subarray(900 * i, 900 * i + 900));
  const sounds = decodeCompressed({
    format: 'vorbis',
    name: 'parts',
    bytes: parts,
    promised: null,
  });
  const pieces: number[] = [];
  for await (const { channels } of sounds) pieces.push(...channels[1]!);
  expect(isSame(pieces, (await decodeSound(all)).channels[1]!)).toBe(true);
});

it('goes by the content, not by the name, and lists all endings', async () => {
  const files = ['b.OGG', 'c.opus', 'd.mp3', 'e.oga', 'f.wav', 'g.txt'];
  for (const name of files) await writeFile(path.join(folder, name), await bytesOf('chirp.flac'));
  await writeFile(path.join(folder, 'a.flac'), await bytesOf('chirp.wav'));
  const listed = await soundFiles(folder);
  expect(listed.files).toEqual(['a.flac', ...files.slice(0, -1)]);
  const frontEnd = { sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 8 };
  const statistics = listed.files.map((name) => {
    const file = path.join(folder, name);
    return soundStatistics([{ file, labels: [0], source: name }], { frontEnd, seconds: 0.25 });
  });
  const [first, ...others] = await Promise.all(statistics);
  for (const other of others) expect(other).toEqual(first);
});

it('names a file that is cut, broken or of another format', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const refused = async (name: string, change: (bytes: Uint8Array) => Uint8Array) => {
    const file = path.join(folder, `bad-${name}`);
    await writeFile(file, change(await bytesOf(name)));
    const message = await decodeSound(new Uint8Array(await readFile(file)), file).then(
      () => 'none',
      (error: Error) => `${error.name}: ${error.message}`,
    );
    const pieces = (async () => {
      for await (const _ of (await soundPieces(file)).pieces);
    })();
    await expect(pieces).rejects.toThrow(message.slice(message.indexOf(':') + 2));
    return message.replaceAll(file, name);
  };
  const cut = (bytes: Uint8Array) => bytes.subarray(0, 900);
  expect(await refused('chirp.flac', cut)).toBe(
    'DataError: chirp.flac: FLAC must have at least one sample, ' +
      'got none: it is empty, cut or broken',
  );
  expect(await refused('chirp.mp3', cut)).toMatch(
    /^DataError: chirp\.mp3: MP3 must have \d+ bytes, as its header says, got 900: it is cut$/,
  );
  expect(await refused('chirp.ogg', cut)).toMatch(/Ogg must end with a whole page, got \d+ bytes/);
  expect(await refused('chirp.opus', cut)).toMatch(/Ogg must end with a whole page, got \d+ bytes/);
  const spoil = (bytes: Uint8Array) => bytes.fill(0x55, 1700, 1740);
  expect(await refused('chirp.ogg', spoil)).toMatch(
    /^DataError: chirp\.ogg: Ogg Vorbis data must be intact, got '.*OV_EBADHEADER/,
  );
  const longer = (bytes: Uint8Array) => {
    new DataView(bytes.buffer).setUint32(22, 3000);
    return bytes;
  };
  expect(await refused('chirp.flac', longer)).toBe(
    'DataError: chirp.flac: FLAC must have 3000 samples, as its header says, ' +
      'got 2000: it is cut or broken',
  );
  // The codec's name is in the first page.
  const otherCodec = (bytes: Uint8Array) => {
    bytes.set(new TextEncoder().encode('Speex  '), 28);
    return bytes;
  };
  expect(await refused('chirp.ogg', otherCodec)).toBe(
    'DataError: chirp.ogg: Ogg must hold Vorbis, Opus or FLAC, got another codec; convert it',
  );
  expect(await refused('chirp.mp3', () => new TextEncoder().encode('FORM'))).toBe(
    "DataError: chirp.mp3: must begin with 'RIFF' (WAV), 'fLaC', 'OggS' (Vorbis, Opus or FLAC) or a " +
      'frame of MP3, got "FORM"; convert it',
  );
  expect(await refused('chirp.ogg', () => new Uint8Array(0))).toMatch(/got an empty file/);
  await expect(soundPieces(folder)).rejects.toThrow('expected a sound file, but it is a folder');
});

it('says what to install', async () => {
  const absent = { ...DECODER_PACKAGES.mp3, load: () => Promise.reject(new Error('not found')) };
  await expect(streamDecoder('birds/wren.mp3', absent)).rejects.toThrow(
    "birds/wren.mp3: reading MP3 files needs mpg123-decoder: 'npm install mpg123-decoder'",
  );
});
