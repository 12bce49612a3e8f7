import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { openRunData } from '../../src/data/open-run-data.js';
import type { RunData } from '../../src/data/run-data.js';
import { fakeMnist } from '../fake-mnist.js';
import { fakeSounds } from '../fake-sounds.js';

describe('the sounds of a run', () => {
  let folder: string;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    // Sixteen files of each of two pitches. In the order of file names all high ones come first.
    folder = await fakeSounds(32);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const open = (change: {
    seed?: number;
    trainImages?: number;
    testImages?: number | 'all';
    validationImages?: number;
  }) =>
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

  it('are held out of training for every seed alike, and none of the test is read', async () => {
    const test = await filesOf((await open({ testImages: 'all' })).test());
    const held = await open({ seed: 1, validationImages: 6, testImages: 'all', trainImages: 16 });
    const other = await open({ seed: 2, validationImages: 6, testImages: 'all', trainImages: 16 });
    const [first, second] = [await filesOf(held.test()), await filesOf(other.test())];
    expect([first.files.length, first.high]).toEqual([6, 3]);
    expect(second.files.toSorted()).toEqual(first.files.toSorted());
    const trained = (await filesOf(held.train(0))).files;
    expect(trained).toHaveLength(10);
    expect(trained.filter((file) => first.files.includes(file))).toEqual([]);
    expect([...first.files, ...trained].filter((file) => test.files.includes(file))).toEqual([]);
    expect(held.available).toEqual({ train: 10, test: 6 });
  });

  it('are split by a column, or by sources, of which none is in both sets', async () => {
    const table = path.join(folder, 'table.csv');
    const files = Array.from({ length: 32 }, (_, i) => {
      const [pitch, loudness] = [i % 2 ? 'high' : 'low', i & 2 ? 'loud' : 'soft'];
      return [`${pitch}_${loudness}_${i}.wav`, pitch, i < 8 ? 'test' : 'train', `s${i >> 2}`];
    });
    const own = (more: object) =>
      openRunData(
        makeConfig({
          preset: 'smoke',
          dataset: 'sounds',
          sounds: { tasks: ['pitch'], sampleRate: 8000, bands: 8, seconds: 0.1, ...more },
        } as Parameters<typeof makeConfig>[0]),
        { sounds: folder },
      );
    const ofTable = (more: object) => own({ layout: 'table', table: 'table.csv', ...more });
    const write = (rows: string[][]) =>
      writeFile(
        table,
        [['file', 'pitch', 'set', 'who'], ...rows].map((row) => `${row}\n`).join(''),
      );
    try {
      await write(files);
      const split = await ofTable({ splitColumn: 'set', sourceColumn: 'who' });
      expect(split.available).toEqual({ train: 24, test: 8 });
      expect(split.sound!.split).toBe("by the column 'set'");
      const hashed = await ofTable({ sourceColumn: 'who' });
      expect(hashed.sound!.split).toBe('by a hash of each who: 20 % of them test');
      const named = (await filesOf(hashed.test())).files.map((file) => path.basename(file));
      const tested = files.filter(([file]) => named.includes(file!));
      // All four sounds of each source.
      expect(named).toHaveLength(4 * new Set(tested.map(([, , , who]) => who)).size);
      await write(files.map(([file, pitch, set], i) => [file!, pitch!, set!, `s${(i >> 1) & 1}`]));
      await expect(ofTable({ splitColumn: 'set', sourceColumn: 'who' })).rejects.toThrow(
        'a source must be on one side',
      );
      expect((await ofTable({ splitColumn: 'set' })).available.test).toBe(8);
    } finally {
      await rm(table);
    }
    const pattern = {
      ...{ layout: 'pattern', pattern: '{pitch}_{loudness}_{index}.wav' },
      test: { index: ['0', '1'] },
    };
    expect((await own(pattern)).available.test).toBe(2);
    await expect(own({ ...pattern, source: 'loudness' })).rejects.toThrow(
      /a source must be on one side, got .* of 'soft'/,
    );
  });

  it('have a note about each guess in their files, once', async () => {
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
    // More than there are means all.
    expect((await filesOf(data.test(500))).files).toHaveLength(16);
    const other = await open({ seed: 4, testImages: 'all' });
    expect((await filesOf(other.test(4))).files.toSorted()).not.toEqual(few.files.toSorted());
    // The first half of a test already has every class.
    expect(new Set(all.files.slice(0, 8).map((file) => file.includes('high_'))).size).toBe(2);
  });
});

describe('folders of the user', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'own-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** A tree with these numbers of pictures, by side and class. */
  async function pictures(name: string, counts: Record<string, number>): Promise<string> {
    const folder = path.join(root, name);
    for (const [place, count] of Object.entries(counts)) {
      await mkdir(path.join(folder, place), { recursive: true });
      for (let i = 0; i < count; i++) {
        const background = { r: 9 * i, g: 50, b: 90 };
        const picture = sharp({ create: { width: 9, height: 8, channels: 3, background } });
        await picture.png().toFile(path.join(folder, place, `${i}.png`));
      }
    }
    return folder;
  }

  const open = (dataset: 'imagefolder' | 'sounds', folder: string, validationImages?: number) =>
    openRunData(
      makeConfig({
        preset: 'quick',
        dataset,
        ...(validationImages !== undefined && { validationImages }),
        ...(dataset === 'sounds' ? { sounds: { layout: 'folder' } } : { imageSize: 8 }),
      } as Parameters<typeof makeConfig>[0]),
      { any: folder },
    );

  it('can hold out pictures', async () => {
    const folder = await pictures('held', { 'train/a': 6, 'train/b': 6, 'val/a': 2, 'val/b': 2 });
    const data = await open('imagefolder', folder, 4);
    expect([data.trainCount, data.testCount]).toEqual([8, 4]);
    await expect(open('imagefolder', folder, 12)).rejects.toThrow(
      'validationImages must be less than 12, the size of the training set, got 12',
    );
  });

  it.each([
    ['few', { 'train/a': 6, 'train/b': 6, 'val/a': 2, 'val/b': 2 }, 12, 4],
    ['tiny', { 'train/a': 1, 'train/b': 1, 'val/a': 1 }, 2, 1],
    ['unbalanced', { 'train/a': 9, 'train/b': 1, 'val/b': 1 }, 10, 1],
  ])('of %s pictures give a preset what there is', async (name, counts, train, test) => {
    const data = await open('imagefolder', await pictures(name, counts));
    expect([data.trainCount, data.testCount]).toEqual([train, test]);
    expect(data.available).toEqual({ train, test });
    let seen = 0;
    for await (const { images, labels } of data.train(0) as ReturnType<RunData['test']>) {
      seen += images.shape[0]!;
      tf.dispose([images, ...[labels].flat()]);
    }
    expect(seen).toBe(train);
  });

  it.each([
    ['one class', { 'train/a': 2, 'val/a': 1 }, 'at least two classes'],
    ['no test', { 'train/a': 2, 'train/b': 2 }, 'val cannot be read'],
    ['no pictures', { 'train/a': 0, 'train/b': 0, 'val/a': 0 }, 'got none'],
  ])('with %s are refused in one sentence with the remedy', async (name, counts, reason) => {
    const refused = open('imagefolder', await pictures(name, counts));
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toThrow(
      /^[^\n]+; put the pictures into train\/<class>\/ and val\/<class>\/ [^\n.]+$/,
    );
  });

  it('of sounds in one class are refused with the remedy', async () => {
    const folder = path.join(root, 'one sound');
    for (const side of ['train', 'test']) await fakeSounds(2, [], path.join(folder, side, 'dog'));
    await expect(open('sounds', folder)).rejects.toThrow(
      /at least two classes[^\n]*; put the sounds into <class>\//,
    );
  });
});

describe('the input of a network', () => {
  const open = (change: object, folder: string) =>
    openRunData(makeConfig({ preset: 'smoke', ...change } as never), { any: folder });

  it('is absent for grey images', async () => {
    const grey = await fakeMnist();
    expect((await open({ dataset: 'mnist' }, grey)).image).toBeUndefined();
    await rm(grey, { recursive: true });
  });

  it('is the central crop of the pictures of a folder, at the size of the run', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pictures-'));
    const create = { width: 9, height: 8, channels: 3 as const, background: '#c63' };
    for (const side of ['train', 'val']) {
      for (const name of ['a', 'b']) {
        const place = path.join(folder, side, name);
        await mkdir(place, { recursive: true });
        for (const i of [0, 1])
          await sharp({ create })
            .png()
            .toFile(path.join(place, `${i}.png`));
      }
    }
    const { image } = await open({ dataset: 'imagefolder', imageSize: 48 }, folder);
    expect(image).toEqual({
      size: 48,
      crop: 0.875,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      classes: ['a', 'b'],
    });
    await rm(folder, { recursive: true });
  });
});
