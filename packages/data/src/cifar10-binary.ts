import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageSet } from './image-set.js';

export const SIDE = 32;
export const CHANNELS = 3;
const PLANE = SIDE * SIDE;
/** One label byte, then the red, the green and the blue plane. */
export const RECORD_BYTES = 1 + CHANNELS * PLANE;
export const IMAGES_PER_FILE = 10_000;
export const CLASSES = 10;

export const TRAIN_FILES = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
export const TEST_FILE = 'test_batch.bin';

/** Reads files of the standard `cifar-10-batches-bin` layout into one set. */
export async function readCifar10Files(folder: string, files: string[]): Promise<ImageSet> {
  const count = files.length * IMAGES_PER_FILE;
  const images = new Uint8Array(count * CHANNELS * PLANE);
  const labels = new Uint8Array(count);
  for (const [index, file] of files.entries()) {
    const bytes = await readRecords(path.join(folder, file));
    for (let record = 0; record < IMAGES_PER_FILE; record++) {
      const start = record * RECORD_BYTES;
      const item = index * IMAGES_PER_FILE + record;
      const label = bytes[start]!;
      if (label >= CLASSES) {
        throw new Error(
          `loadCifar10: ${path.join(folder, file)} is corrupt: byte ${start} must be a label 0 … ${CLASSES - 1}, got ${label}`,
        );
      }
      labels[item] = label;
      interleave(bytes.subarray(start + 1, start + RECORD_BYTES), images, item * CHANNELS * PLANE);
    }
  }
  return { images, labels, count, shape: [SIDE, SIDE, CHANNELS] };
}

async function readRecords(file: string): Promise<Uint8Array> {
  const expected = IMAGES_PER_FILE * RECORD_BYTES;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new Error(
      `loadCifar10: ${file} cannot be read; expected a file of ${IMAGES_PER_FILE} records of ${RECORD_BYTES} bytes`,
      { cause: error },
    );
  }
  if (bytes.length !== expected) {
    throw new Error(
      `loadCifar10: ${file} must have ${expected} bytes (${IMAGES_PER_FILE} records of ${RECORD_BYTES}), got ${bytes.length}`,
    );
  }
  return bytes;
}

/** Planes to pixels. */
function interleave(planes: Uint8Array, out: Uint8Array, start: number): void {
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      out[start + pixel * CHANNELS + channel] = planes[channel * PLANE + pixel]!;
    }
  }
}
