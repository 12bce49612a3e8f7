import '@tensorflow/tfjs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dispose, memory } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  holdOutFiles,
  type ImageBatch,
  type ImageFileSet,
  type ImageFolderDataset,
  imageFolderBatches,
  openImageFolder,
  subsetOfFiles,
} from '../src/index.js';

let folder: string;
let tree: ImageFolderDataset;

/** Writes an image of a single colour. */
async function image(name: string, width: number, height: number, rgb: [number, number, number]) {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  const [r, g, b] = rgb;
  const made = sharp({ create: { width, height, channels: 3, background: { r, g, b } } });
  await made.toFile(file);
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tree-'));
  for (let i = 0; i < 5; i++) {
    await image(`train/blue/${i}.png`, 20 + i, 13, [0, 0, 200 + i]);
    await image(`train/red/${i}.jpg`, 11, 40, [200 + i, 0, 0]);
  }
  await image('val/red/only.png', 300, 200, [255, 0, 0]);
  await sharp(Buffer.alloc(64, 100), { raw: { width: 8, height: 8, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(path.join(folder, 'val/red/gray.png'));
  await writeFile(path.join(folder, 'train/blue/notes.txt'), 'no image');
  tree = await openImageFolder({ folder });
});
afterAll(() => rm(folder, { recursive: true }));

const plain = { batchSize: 4, classes: 2, size: 8, mean: [0, 0, 0], std: [1, 1, 1] };
const seeded = { ...plain, shuffle: { seed: 3, epoch: 1 } };

/** The values of all batches. */
async function collect(source: AsyncIterable<ImageBatch>) {
  const found: { images: number[]; labels: number[]; shape: number[] }[] = [];
  for await (const { images, labels } of source) {
    found.push({
      images: [...images.dataSync()],
      labels: [...labels.dataSync()],
      shape: images.shape,
    });
    dispose([images, labels]);
  }
  return found;
}

describe('openImageFolder', () => {
  it('numbers classes in alphabetical order and lists images only', () => {
    expect(tree.classNames).toEqual(['blue', 'red']);
    expect(tree.train.count).toBe(10);
    expect([...tree.train.labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect([...tree.test.labels]).toEqual([1, 1]);
    expect(tree.name).toBe(path.basename(folder));
    expect(tree.notes).toContain(
      `${path.join(folder, 'val')}: no folder for one class of the training split (blue)`,
    );
  });

  it('draws subsets by seed', () => {
    const some = subsetOfFiles(tree.train, 4, 7);
    expect(subsetOfFiles(tree.train, 4, 7)).toEqual(some);
    expect(new Set(some.files).size).toBe(4);
    some.files.forEach((file, i) => {
      expect(some.labels[i]).toBe(file.includes('red') ? 1 : 0);
    });
    expect([...some.labels].sort()).toEqual([0, 0, 1, 1]);
    const all = subsetOfFiles(tree.train, 10, 7);
    expect(all.files.toSorted()).toEqual(tree.train.files.toSorted());
    expect(all.files).not.toEqual(tree.train.files);
    expect(() => subsetOfFiles(tree.train, 11, 7)).toThrow('count must be an integer in 1 … 10');
  });

  it('names the folder in errors', async () => {
    await expect(openImageFolder({ folder: '/nowhere' })).rejects.toThrow(
      'openImageFolder: /nowhere/train cannot be read',
    );
    await mkdir(path.join(folder, 'odd/green'), { recursive: true });
    await expect(openImageFolder({ folder, test: 'odd' })).rejects.toThrow(
      `${path.join(folder, 'odd/green')} must be one of the 2 classes`,
    );
    await expect(openImageFolder({ folder, train: 'odd' })).rejects.toThrow(
      'at least two classes, got 1',
    );
  });

  it.each(['train', './train/'])('refuses to test on the training folder as %s', async (test) => {
    await expect(openImageFolder({ folder, train: 'train', test })).rejects.toThrow(
      `openImageFolder: test must be another folder than train ("train"), got "${test}"`,
    );
  });
});

describe('labels of files', () => {
  const opened: [string, (set: ImageFileSet) => unknown][] = [
    ['imageFolderBatches', (set) => imageFolderBatches(set, plain)],
    ['subsetOfFiles', (set) => subsetOfFiles(set, 1, 0)],
    ['holdOutFiles', (set) => holdOutFiles(set, 1, 0)],
  ];
  for (const [op, open] of opened) {
    it.each([
      [[0, -1]],
      [[0, 0.5]],
      [[0, Number.NaN]],
      [['0', '1']],
      [[0, undefined]],
      [[0, 2 ** 16]],
    ])(`${op} refuses %j`, (labels) => {
      const set = { files: ['a.png', 'b.png'], labels: labels as never, count: 2 };
      const at = typeof labels[0] === 'string' ? 0 : 1;
      expect(() => open(set)).toThrow(
        `${op}: set.labels[${at}] must be an integer in 0 … 65535, got `,
      );
    });

    it(`${op} refuses a file that is not a path`, () => {
      const set = { files: ['a.png', 7] as never, labels: Uint16Array.of(0, 1), count: 2 };
      expect(() => open(set)).toThrow(`${op}: set.files[1] must be a non-empty string, got 7`);
    });
  }

  it('takes a plain list of labels', () => {
    const set = { files: ['a.png', 'b.png'], labels: [0, 1] as never, count: 2 };
    expect([...subsetOfFiles(set, 2, 0).labels].toSorted()).toEqual([0, 1]);
  });
});

describe('imageFolderBatches', () => {
  it('decodes RGB and greyscale images in the order of the set', async () => {
    const [only] = await collect(imageFolderBatches(tree.test, plain));
    expect(only!.shape).toEqual([2, 8, 8, 3]);
    expect(only!.labels).toEqual([0, 1, 0, 1]);
    expect(only!.images.slice(0, 3)).toEqual([100, 100, 100].map((v) => Math.fround(v / 255)));
    expect(only!.images.slice(-3)).toEqual([1, 0, 0]);
    const batches = await collect(imageFolderBatches(tree.train, plain));
    expect(batches.map(({ shape }) => shape[0])).toEqual([4, 4, 2]);
    const blues = batches.flatMap(({ images }) => images).filter((_, i) => i % 192 === 2);
    blues.slice(0, 5).forEach((value, i) => {
      expect(value).toBeCloseTo((200 + i) / 255, 6);
    });
  });

  it('depends on seed and epoch only, for any prefetch, and can start in the middle', async () => {
    const augmented = {
      ...seeded,
      augmentation: { randomResizedCrop: true, flip: true },
      mixup: 0.2,
    };
    const whole = await collect(imageFolderBatches(tree.train, augmented));
    const eager = imageFolderBatches(tree.train, { ...augmented, prefetch: 5 });
    expect(await collect(eager)).toEqual(whole);
    const lazy = imageFolderBatches(tree.train, { ...augmented, prefetch: 0 });
    expect(await collect(lazy.from(1))).toEqual(whole.slice(1));
    const other = { ...augmented, shuffle: { seed: 3, epoch: 2 } };
    expect(await collect(imageFolderBatches(tree.train, other))).not.toEqual(whole);
    const labels = whole.flatMap((batch) => batch.labels);
    expect(labels.reduce((sum, share) => sum + share, 0)).toBeCloseTo(10, 4);
  });

  it('yields every image once in an epoch', async () => {
    const batches = await collect(imageFolderBatches(tree.train, seeded));
    const values = batches.flatMap(({ images }) => images);
    const blues = values.filter((value, i) => i % 192 === 2 && value > 0.5).sort();
    expect(blues).toEqual([200, 201, 202, 203, 204].map((v) => Math.fround(v / 255)));
  });

  it('leaks no tensor if the caller stops early', async () => {
    const before = memory().numTensors;
    for await (const { images, labels } of imageFolderBatches(tree.train, seeded)) {
      dispose([images, labels]);
      break;
    }
    expect(memory().numTensors).toBe(before);
  });

  it('names a file that is not an image', async () => {
    const file = path.join(folder, 'broken.png');
    await writeFile(file, 'not a picture');
    const set = { files: [file], labels: Uint16Array.of(0), count: 1 };
    await expect(collect(imageFolderBatches(set, plain))).rejects.toThrow(
      `imageFolderBatches: ${file} (13 bytes) cannot be decoded as an image`,
    );
  });

  it.each([
    [{ batchSize: 0 }, 'batchSize must be an integer >= 1, got 0'],
    [{ size: 1.5 }, 'size must be an integer >= 1, got 1.5'],
    [{ classes: 1 }, 'classes must be > 1, the highest label, got 1'],
    [{ classes: 2.5 }, 'classes must be an integer >= 1, got 2.5'],
    [{ std: [1, 0, 1] }, 'std[1] must be a finite number > 0, got 0'],
    [{ prefetch: -1 }, 'prefetch must be an integer >= 0, got -1'],
    [{ mixup: 0.2 }, 'shuffle must give a seed'],
    [{ mixup: Number.NaN }, 'mixup must be a finite number'],
  ])('throws on %j', (wrong, message) => {
    expect(() => imageFolderBatches(tree.train, { ...plain, ...wrong })).toThrow(message);
  });
});
