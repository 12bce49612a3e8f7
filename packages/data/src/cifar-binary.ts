import path from 'node:path';
import { DataError } from '@ds/checks';
import type { ImageSet } from './image-set.js';
import { readChecked } from './read-checked.js';

export const SIDE = 32;
export const CHANNELS = 3;
const PLANE = SIDE * SIDE;
const PIXEL_BYTES = CHANNELS * PLANE;

/** The record layout of a binary CIFAR version: label bytes, then red, green and blue planes. */
export interface CifarLayout {
  /** The loader's name, for errors. */
  op: string;
  imagesPerFile: number;
  /** Number of classes of each label byte, in the order of the bytes. */
  labelClasses: number[];
  /** Index of the label byte to use. */
  label: number;
}

/** Bytes in one record. */
export function recordBytes({ labelClasses }: Pick<CifarLayout, 'labelClasses'>): number {
  return labelClasses.length + PIXEL_BYTES;
}

/**
 * Reads files of a binary version into one set.
 *
 * @throws DataError that names the file, and the byte if the file is corrupt.
 */
export async function readCifarFiles(
  folder: string,
  files: string[],
  layout: CifarLayout,
): Promise<ImageSet> {
  const { op, imagesPerFile, labelClasses } = layout;
  const record = recordBytes(layout);
  const count = files.length * imagesPerFile;
  const images = new Uint8Array(count * PIXEL_BYTES);
  const labels = new Uint8Array(count);
  const memory = new Uint8Array(imagesPerFile * record);
  for (const [index, name] of files.entries()) {
    const file = path.join(folder, name);
    const bytes = await readRecords(file, layout, memory);
    for (let i = 0; i < imagesPerFile; i++) {
      const start = i * record;
      const item = index * imagesPerFile + i;
      labelClasses.forEach((classes, at) => {
        if (bytes[start + at]! >= classes) {
          throw new DataError(
            `${op}: ${file} is corrupt: byte ${start + at} must be a label 0 … ${classes - 1}, ` +
              `got ${bytes[start + at]}`,
          );
        }
      });
      labels[item] = bytes[start + layout.label]!;
      interleave(bytes, start + labelClasses.length, images, item * PIXEL_BYTES);
    }
  }
  return { images, labels, count, shape: [SIDE, SIDE, CHANNELS] };
}

async function readRecords(
  file: string,
  layout: CifarLayout,
  memory: Uint8Array,
): Promise<Uint8Array> {
  const { op, imagesPerFile } = layout;
  const record = recordBytes(layout);
  const records = `${imagesPerFile} records of ${record}`;
  const bytes = await readChecked(op, file, `a file of ${records} bytes`, memory);
  if (bytes.length !== imagesPerFile * record) {
    throw new DataError(
      `${op}: ${file} must have ${imagesPerFile * record} bytes (${records}), got ${bytes.length}`,
    );
  }
  return bytes;
}

/** Converts planes of the bytes to interleaved pixels. */
function interleave(bytes: Uint8Array, from: number, out: Uint8Array, start: number): void {
  let at = start;
  for (let red = from; red < from + PLANE; red++) {
    out[at++] = bytes[red]!;
    out[at++] = bytes[red + PLANE]!;
    out[at++] = bytes[red + 2 * PLANE]!;
  }
}
