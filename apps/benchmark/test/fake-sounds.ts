import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Makes a folder of short WAV files, `{pitch}_{loudness}_{index}.wav`: tones of two pitches at two
 * loudnesses, in a new folder or in `own`. The files of the indices in `spoilt` have a sample of
 * NaN.
 */
export async function fakeSounds(clips = 24, spoilt: number[] = [], own?: string): Promise<string> {
  const folder = own ?? (await mkdtemp(path.join(tmpdir(), 'sounds-')));
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < clips; i++) {
    const [pitch, loudness] = [i % 2, Math.floor(i / 2) % 2];
    const name = `${pitch ? 'high' : 'low'}_${loudness ? 'loud' : 'soft'}_${i}.wav`;
    await writeFile(
      path.join(folder, name),
      spoilt.includes(i) ? spoiltWav() : wav(pitch ? 1900 : 400, loudness ? 0.8 : 0.05, i),
    );
  }
  return folder;
}

/**
 * The file of a run on these sounds with the smallest of all networks. The first eight of them are
 * the test.
 */
export const SMALL_RUN = {
  preset: 'smoke',
  dataset: 'sounds',
  sounds: {
    layout: 'pattern',
    pattern: '{pitch}_{loudness}_{index}.wav',
    tasks: ['pitch'],
    test: { index: ['0', '1', '2', '3', '4', '5', '6', '7'] },
    sampleRate: 8000,
    seconds: 0.2,
    bands: 16,
  },
  width: 2,
  strides: [2, 2],
};

/** A fifth of a second at 8 kHz, 16 bits. */
function wav(hertz: number, amplitude: number, phase: number): Buffer {
  const samples = 1600;
  const file = Buffer.alloc(44 + 2 * samples);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * samples, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(16_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * samples, 40);
  for (let t = 0; t < samples; t++) {
    const value = amplitude * Math.sin((2 * Math.PI * hertz * t) / 8000 + phase);
    file.writeInt16LE(Math.round(32_000 * value), 44 + 2 * t);
  }
  return file;
}

/** A file of the same length, in 32-bit floats, with one sample of NaN. */
function spoiltWav(): Buffer {
  const samples = 1600;
  const file = Buffer.alloc(44 + 4 * samples);
  wav(400, 0, 0).copy(file, 0, 0, 44);
  file.writeUInt32LE(36 + 4 * samples, 4);
  file.writeUInt16LE(3, 20);
  file.writeUInt32LE(32_000, 28);
  file.writeUInt16LE(4, 32);
  file.writeUInt16LE(32, 34);
  file.writeUInt32LE(4 * samples, 40);
  file.writeFloatLE(Number.NaN, 44 + 4 * 700);
  return file;
}
