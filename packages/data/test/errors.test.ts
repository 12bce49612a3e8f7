import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Spectrogram } from '../src/audio/index.js';
import {
  batches,
  loadCifar10,
  loadMnist,
  openImageFolder,
  openSoundFolder,
  openSoundPattern,
} from '../src/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'data-errors-'));
writeFileSync(path.join(folder, 'one_a.wav'), 'no sound');
afterAll(() => rmSync(folder, { recursive: true }));

it.each<[string, () => Promise<unknown>]>([
  ['loadCifar10', () => loadCifar10({ folder })],
  ['loadMnist', () => loadMnist({ folder })],
  ['openImageFolder', () => openImageFolder({ folder })],
  ['openSoundFolder', () => openSoundFolder({ folder })],
])('%s throws a DataError for invalid files', async (_, open) => {
  await expect(open()).rejects.toMatchObject({ name: 'DataError' });
});

it('openSoundPattern: a wrong pattern is a ConfigError, a wrong file a DataError', async () => {
  const options = { folder, tasks: ['digit'], test: { index: ['a'] } };
  await expect(openSoundPattern({ ...options, pattern: '{digit}.wav' })).rejects.toMatchObject({
    name: 'ConfigError',
  });
  const pattern = '{digit}_{speaker}_{index}.wav';
  await expect(openSoundPattern({ ...options, pattern })).rejects.toMatchObject({
    name: 'DataError',
  });
});

it('batches throws a ConfigError for a wrong option', () => {
  const set = {
    count: 1,
    shape: [1, 1, 1] as [number, number, number],
    images: new Uint8Array(1),
    labels: new Uint8Array([3]),
  };
  const options = { batchSize: 1, classes: 2, mean: [0], std: [1] };
  expect(() => [...batches(set, options)]).toThrow(
    expect.objectContaining({ name: 'ConfigError' }) as Error,
  );
});

it('an ended stream throws a StateError', () => {
  const frontEnd = { sampleRate: 8000, frameLength: 8, hopLength: 4, bands: 2 };
  const stream = new Spectrogram(frontEnd).stream();
  stream.push(new Float32Array(8));
  stream.end();
  expect(() => stream.push(new Float32Array(8))).toThrow(
    expect.objectContaining({ name: 'StateError' }) as Error,
  );
});
