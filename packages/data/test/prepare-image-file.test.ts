import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  EVALUATION_CROP,
  type ImageInput,
  imageFiles,
  imageFolderBatches,
  prepareImageFile,
} from '../src/index.js';

const input: ImageInput = {
  size: 4,
  crop: 1,
  mean: [0.1, 0.2, 0.3],
  std: [0.5, 0.25, 2],
  classes: ['a', 'b'],
};
const bytes = Uint8Array.from({ length: 6 * 9 * 3 }, (_, i) => (37 * i) % 256);

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'prepare-image-'));
  file = path.join(folder, 'picture.png');
  await sharp(bytes, { raw: { width: 9, height: 6, channels: 3 } }).toFile(file);
});
afterAll(() => rm(folder, { recursive: true }));

it('takes the central square, and standardises each channel', async () => {
  const { values, shape } = await prepareImageFile(file, { ...input, size: 6 });
  expect(shape).toEqual([1, 6, 6, 3]);
  for (let row = 0; row < 6; row++) {
    for (let column = 0; column < 6; column++) {
      for (const channel of [0, 1, 2]) {
        // The square begins at column ⌊(9 − 6)/2⌋.
        const byte = bytes[(row * 9 + column + 1) * 3 + channel]!;
        const want = (byte / 255 - input.mean[channel]!) / input.std[channel]!;
        expect(values[(row * 6 + column) * 3 + channel]).toBeCloseTo(want, 5);
      }
    }
  }
});

it('gives what the evaluation of a network reads', async () => {
  const set = { files: [file], labels: new Uint16Array(1), count: 1 };
  const { mean, std, size } = input;
  const pass = imageFolderBatches(set, { batchSize: 1, classes: 2, size, mean, std });
  for await (const { images, labels } of pass) {
    const { values } = await prepareImageFile(file, { ...input, crop: EVALUATION_CROP });
    expect([...values]).toEqual([...images.dataSync()]);
    images.dispose();
    labels.dispose();
  }
});

it('names the file or the part of the input that is wrong', async () => {
  const none = path.join(folder, 'none.png');
  await expect(prepareImageFile(none, input)).rejects.toThrow(`prepareImageFile: ${none} cannot`);
  await expect(prepareImageFile(file, { ...input, crop: 1.5 })).rejects.toThrow(
    'prepareImageFile: crop must be at most 1, got 1.5',
  );
  await expect(prepareImageFile(file, { ...input, std: [1, 1, 0] })).rejects.toThrow(/std/);
});

it('lists the image files of a folder', async () => {
  await writeFile(path.join(folder, 'notes.txt'), '');
  const { files, notes } = await imageFiles(folder);
  expect(files).toEqual(['picture.png']);
  expect(notes.join()).toContain('notes.txt');
  await expect(imageFiles(path.join(folder, 'none'))).rejects.toThrow('imageFiles: ');
});
