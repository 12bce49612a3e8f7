import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeConfig } from '../src/make-config.js';
import { openRunData, type RunData } from '../src/run-data.js';
import { fakeSounds } from './fake-sounds.js';

describe('the sounds of a run', () => {
  let folder: string;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    // Sixteen files of each of two pitches. In the order of file names all high ones come first.
    folder = await fakeSounds(32);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const open = (change: { seed?: number; trainImages?: number; testImages?: number | 'all' }) =>
    openRunData(
      makeConfig({
        preset: 'smoke',
        dataset: 'sounds',
        sounds: {
          layout: 'pattern',
          pattern: '{pitch}_{loudness}_{index}.wav',
          tasks: ['pitch'],
          test: { index: Array.from({ length: 16 }, (_, i) => `${i}`) },
          sampleRate: 8000,
          bands: 8,
          seconds: 0.1,
        },
        batchSize: 5,
        ...change,
      } as Parameters<typeof makeConfig>[0]),
      { sounds: folder },
    );

  /** The files of batches, and the number of high ones among them. */
  async function filesOf(batches: ReturnType<RunData['test']>) {
    const files: string[] = [];
    for await (const batch of batches) {
      files.push(...batch.files!);
      tf.dispose([batch.images, ...[batch.labels].flat()]);
    }
    return { files, high: files.filter((file) => file.includes('high_')).length };
  }

  it('are drawn alike for training and for the test: by the seed, class by class', async () => {
    const data = await open({ seed: 1, trainImages: 8, testImages: 6 });
    const [train, test] = [await filesOf(data.train(0)), await filesOf(data.test())];
    expect([train.files.length, train.high]).toEqual([8, 4]);
    expect([test.files.length, test.high]).toEqual([6, 3]);
    const again = await open({ seed: 1, trainImages: 8, testImages: 6 });
    expect(await filesOf(again.test())).toEqual(test);
    const other = await open({ seed: 2, trainImages: 8, testImages: 6 });
    expect((await filesOf(other.test())).files).not.toEqual(test.files);
    expect((await filesOf(other.train(0))).files.toSorted()).not.toEqual(train.files.toSorted());
  });

  it('come with what their files leave to guess, said once', async () => {
    const file = path.join(folder, 'low_soft_20.wav');
    const whole = await readFile(file);
    try {
      const stream = Buffer.from(whole);
      stream.writeUInt32LE(0xffffffff, 40);
      await writeFile(file, stream);
      const data = await open({ seed: 1, trainImages: 16 });
      await filesOf(data.train(0));
      await filesOf(data.train(1));
      expect(data.notes).toEqual([expect.stringContaining(`${file}: its data chunk says`)]);
    } finally {
      await writeFile(file, whole);
    }
  });

  it('are drawn from those of the test where fewer are wanted, not its first ones', async () => {
    const data = await open({ seed: 3, testImages: 'all' });
    const all = await filesOf(data.test());
    expect([all.files.length, all.high]).toEqual([16, 8]);
    const few = await filesOf(data.test(4));
    expect([few.files.length, few.high]).toEqual([4, 2]);
    expect(await filesOf(data.test(4))).toEqual(few);
    const other = await open({ seed: 4, testImages: 'all' });
    expect((await filesOf(other.test(4))).files.toSorted()).not.toEqual(few.files.toSorted());
    // The first half of a test already has every class.
    expect(new Set(all.files.slice(0, 8).map((file) => file.includes('high_'))).size).toBe(2);
  });
});
