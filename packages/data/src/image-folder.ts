import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  requireInteger,
  requireList,
  requireObject,
  requireOptions,
  requireSize,
  requireString,
} from '@ds/checks';
import { stratifiedDraw } from './stratified-draw.js';

/** Labelled image files, read when they are wanted. */
export interface ImageFileSet {
  files: string[];
  /** One class index a file. */
  labels: Uint16Array;
  count: number;
}

/** A tree of image files, `<split>/<class>/<image>`. */
export interface ImageFolderDataset {
  /** The folder's own name, as reports must show it. */
  name: string;
  train: ImageFileSet;
  test: ImageFileSet;
  /** The class folders of the training split, in alphabetical order: the labels. */
  classNames: string[];
  /** ImageNet's, by channel, of values scaled to [0, 1]. */
  mean: number[];
  std: number[];
}

/** Options of {@link openImageFolder}. */
export interface ImageFolderOptions {
  folder: string;
  /** Subfolders of the splits. Defaults `'train'` and `'val'`. */
  train?: string;
  test?: string;
}

const IMAGE = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

/**
 * Lists a tree `train/<class>/<image>`, `val/<class>/<image>`, ImageNet's usual form. Only names are read: a million
 * files take some hundred megabytes of memory at most. Classes are numbered in alphabetical order. Node only.
 *
 * @throws Error if a folder cannot be read, has no images, or the test split has a class that training lacks.
 */
export async function openImageFolder(options: ImageFolderOptions): Promise<ImageFolderDataset> {
  requireOptions<ImageFolderOptions>(
    'openImageFolder',
    'options',
    options,
    { folder: requireString, train: requireString, test: requireString },
    ['folder'],
  );
  const { folder, train = 'train', test = 'val' } = options;
  const classNames = await subfolders(path.join(folder, train));
  if (classNames.length < 2) {
    throw new Error(
      `openImageFolder: ${path.join(folder, train)} must have a folder for each of at least two classes, got ${classNames.length}`,
    );
  }
  return {
    name: path.basename(path.resolve(folder)),
    train: await listSplit(path.join(folder, train), classNames),
    test: await listSplit(path.join(folder, test), classNames),
    classNames,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  };
}

/**
 * @throws RangeError if a value is not a set of files, or its lists do not have `count` entries.
 */
export function requireFileSet(op: string, set: ImageFileSet): void {
  requireObject(op, 'set', set);
  requireSize(op, 'set.count', set.count);
  requireList(op, 'set.files', set.files, set.count);
  requireList(op, 'set.labels', set.labels, set.count);
}

/**
 * Draws `count` files without replacement, class by class: each class keeps its share of the set.
 * The same seed draws the same files, in the same random order, even if it draws all of them.
 *
 * @throws Error if count is not an integer between 1 and the size of the set.
 */
export function subsetOfFiles(set: ImageFileSet, count: number, seed: number): ImageFileSet {
  requireFileSet('subsetOfFiles', set);
  requireInteger('subsetOfFiles', 'count', count, 1, set.count);
  requireInteger('subsetOfFiles', 'seed', seed);
  const drawn = stratifiedDraw(set.labels, count, seed);
  return {
    files: Array.from(drawn, (from) => set.files[from]!),
    labels: Uint16Array.from(drawn, (from) => set.labels[from]!),
    count,
  };
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await list(folder);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function listSplit(folder: string, classNames: string[]): Promise<ImageFileSet> {
  const files: string[] = [];
  const labels: number[] = [];
  for (const name of await subfolders(folder)) {
    const label = classNames.indexOf(name);
    if (label < 0) {
      throw new Error(
        `openImageFolder: ${path.join(folder, name)} must be one of the ${classNames.length} classes of the training split`,
      );
    }
    const images = (await list(path.join(folder, name)))
      .map((entry) => entry.name)
      .filter((file) => IMAGE.test(file))
      .sort();
    for (const file of images) {
      files.push(path.join(folder, name, file));
      labels.push(label);
    }
  }
  if (files.length === 0) {
    throw new Error(`openImageFolder: ${folder} must hold images as <class>/<image>, got none`);
  }
  return { files, labels: Uint16Array.from(labels), count: files.length };
}

async function list(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new Error(`openImageFolder: ${folder} cannot be read; expected a folder`, {
      cause: error,
    });
  }
}
