import path from 'node:path';
import { ConfigError, DataError, integerIn, requireNumbers } from '@ds/checks';
import type { ImageSet, KeepImages } from './image-set.js';
import { readPieces, requireFile } from './read-checked.js';

export const SIDE = 32;
export const CHANNELS = 3;
const PLANE = SIDE * SIDE;
const PIXEL_BYTES = CHANNELS * PLANE;

/** Records that are read at a time. */
const PIECE_RECORDS = 256;

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
 * @param keep chooses the images to keep. The files are read twice then: first for the labels.
 * @throws DataError that names the file, and the byte if the file is corrupt.
 */
export async function readCifarFiles(
  folder: string,
  files: string[],
  layout: CifarLayout,
  keep?: KeepImages,
): Promise<ImageSet> {
  const paths = files.map((name) => path.join(folder, name));
  const total = files.length * layout.imagesPerFile;
  const labels = new Uint8Array(total);
  if (!keep) {
    const images = new Uint8Array(total * PIXEL_BYTES);
    await eachRecord(paths, layout, (item, label, bytes, planes) => {
      labels[item] = label;
      interleave(bytes, planes, images, item * PIXEL_BYTES);
    });
    return { images, labels, count: total, shape: [SIDE, SIDE, CHANNELS] };
  }
  await eachRecord(paths, layout, (item, label) => {
    labels[item] = label;
  });
  // A copy, since `keep` may sort its argument.
  const chosen = keep(labels.slice());
  requireNumbers(layout.op, "keep's result", chosen, undefined, integerIn(0, total - 1));
  // A typed array has other methods.
  const kept = Array.from(chosen);
  const placeOf = placesOf(layout.op, kept);
  const images = new Uint8Array(kept.length * PIXEL_BYTES);
  await eachRecord(paths, layout, (item, _label, bytes, planes) => {
    const place = placeOf.get(item);
    if (place !== undefined) interleave(bytes, planes, images, place * PIXEL_BYTES);
  });
  return {
    images,
    labels: Uint8Array.from(kept, (item) => labels[item]!),
    count: kept.length,
    shape: [SIDE, SIDE, CHANNELS],
  };
}

/**
 * The place of each index in a list of different indices.
 *
 * @throws ConfigError if an index is there twice.
 */
function placesOf(op: string, kept: number[]): Map<number, number> {
  const places = new Map(kept.map((item, place) => [item, place]));
  if (places.size < kept.length) {
    throw new ConfigError(
      `${op}: keep's result must be different indices, got ${places.size} different ones ` +
        `of ${kept.length}`,
    );
  }
  return places;
}

/**
 * Calls `visit` with each record of the files: its index, its label, and where its planes start.
 */
async function eachRecord(
  files: string[],
  layout: CifarLayout,
  visit: (item: number, label: number, bytes: Uint8Array, planes: number) => void,
): Promise<void> {
  const { op, imagesPerFile, labelClasses } = layout;
  const record = recordBytes(layout);
  const records = `${imagesPerFile} records of ${record}`;
  const expected = `a file of ${records} bytes`;
  const memory = new Uint8Array(PIECE_RECORDS * record);
  for (const [index, file] of files.entries()) {
    const { size } = await requireFile(op, file, expected);
    const needed = imagesPerFile * record;
    if (size !== needed) {
      throw new DataError(`${op}: ${file} must have ${needed} bytes (${records}), got ${size}`);
    }
    let item = index * imagesPerFile;
    for await (const bytes of readPieces(op, file, expected, needed, memory)) {
      for (let start = 0; start < bytes.length; start += record) {
        labelClasses.forEach((classes, at) => {
          if (bytes[start + at]! >= classes) {
            const byte = (item - index * imagesPerFile) * record + at;
            throw new DataError(
              `${op}: ${file} is corrupt: byte ${byte} must be a label 0 … ${classes - 1}, ` +
                `got ${bytes[start + at]}`,
            );
          }
        });
        visit(item++, bytes[start + layout.label]!, bytes, start + labelClasses.length);
      }
    }
  }
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
