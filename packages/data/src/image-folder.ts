import path from 'node:path';
import {
  DataError,
  integerIn,
  refuse,
  requireInteger,
  requireNumbers,
  requireObject,
  requireOptions,
  requireSize,
  requireString,
} from '@ds/checks';
import { IMAGE_ENDING } from './image-files.js';
import { counted, firstOf } from './left-out.js';
import { emptyFolders, type Listing, listFiles } from './list-files.js';
import { stratifiedDraw } from './stratified-draw.js';
import { inOneForm, notesOfForms } from './unicode-forms.js';

/** Labelled image files. Files are read on demand. */
export interface ImageFileSet {
  files: string[];
  /** One class index for each file. */
  labels: Uint16Array;
  count: number;
}

/** A tree of image files, `<split>/<class>/<image>`. */
export interface ImageFolderDataset {
  /** The folder's name, shown in reports. */
  name: string;
  train: ImageFileSet;
  test: ImageFileSet;
  /** Class folders of the training split in alphabetical order. The index is the label. */
  classNames: string[];
  /** ImageNet's mean and deviation by channel, of values scaled to [0, 1]. */
  mean: number[];
  std: number[];
  /** What was left out or merged, in sentences with counts. */
  notes: string[];
}

/** Options of {@link openImageFolder}. */
export interface ImageFolderOptions {
  folder: string;
  /** Names of the split folders. Defaults `'train'` and `'val'`. */
  train?: string;
  test?: string;
}

const OP = 'openImageFolder';

/**
 * Lists a tree `train/<class>/<image>`, `val/<class>/<image>`, ImageNet's usual layout. No image is
 * read. A million files take at most some hundred megabytes of memory. Classes are numbered in
 * alphabetical order. Node only.
 *
 * It leaves out hidden and system files, other file types, images outside a class folder or nested
 * deeper, and anything but regular files. It follows links, and reads each folder and file once in
 * a split. Unicode forms of one class name are one class. `notes` reports all of this.
 *
 * @throws ConfigError if `train` and `test` are one folder.
 * @throws DataError if a folder cannot be read or has no images, or if the test split has a class
 *   that is missing from training.
 */
export async function openImageFolder(options: ImageFolderOptions): Promise<ImageFolderDataset> {
  requireOptions<ImageFolderOptions>(
    OP,
    'options',
    options,
    { folder: requireString, train: requireString, test: requireString },
    ['folder'],
  );
  const { folder, train = 'train', test = 'val' } = options;
  const trainFolder = path.join(folder, train);
  const testFolder = path.join(folder, test);
  if (path.resolve(testFolder) === path.resolve(trainFolder)) {
    refuse(OP, 'test', `be another folder than train ("${train}")`, test);
  }
  const listing = await listFiles(OP, trainFolder, IMAGE_ENDING);
  const classNames = [...new Set(classFolders(listing).map(inOneForm))].sort();
  if (classNames.length < 2) {
    throw new DataError(
      `${OP}: ${trainFolder} must have a folder for each of at least two classes, ` +
        `got ${classNames.length}${listing.left.inBrackets()}`,
    );
  }
  const testListing = await listFiles(OP, testFolder, IMAGE_ENDING);
  const notes: string[] = [];
  const shared = sharedPaths(listing.seen, testListing.seen);
  if (shared.length > 0) {
    notes.push(
      `${testFolder}: links make ${shared.length} folders and files part of ${trainFolder} too ` +
        `(${firstOf(shared)})`,
    );
  }
  return {
    name: path.basename(path.resolve(folder)),
    train: splitOf(trainFolder, listing, classNames, notes),
    test: splitOf(testFolder, testListing, classNames, notes),
    classNames,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    notes,
  };
}

/** The largest label of an {@link ImageFileSet}. */
const LARGEST_LABEL = 2 ** 16 - 1;

/**
 * @throws ConfigError if a value is not a set of files, its lists do not have `count` entries, a
 *   file is not a path, or a label is not an integer from 0 to 65,535.
 */
export function requireFileSet(op: string, set: ImageFileSet): void {
  requireObject(op, 'set', set);
  requireSize(op, 'set.count', set.count);
  requireNumbers(op, 'set.files', set.files, set.count, requireString);
  requireNumbers(op, 'set.labels', set.labels, set.count, integerIn(0, LARGEST_LABEL));
}

/**
 * Draws `count` files without replacement, stratified by class: each class keeps its proportion.
 * The same seed draws the same files in the same random order, even if all files are drawn.
 *
 * @throws ConfigError if count is not an integer between 1 and the size of the set, or a label is
 *   not an integer from 0 to 65,535.
 */
export function subsetOfFiles(set: ImageFileSet, count: number, seed: number): ImageFileSet {
  requireFileSet('subsetOfFiles', set);
  requireInteger('subsetOfFiles', 'count', count, 1, set.count);
  requireInteger('subsetOfFiles', 'seed', seed);
  return filesAt(set, stratifiedDraw(set.labels, count, seed));
}

/** The files of a set at some places, in their order. */
export function filesAt(set: ImageFileSet, places: number[]): ImageFileSet {
  return {
    files: places.map((from) => set.files[from]!),
    labels: Uint16Array.from(places, (from) => set.labels[from]!),
    count: places.length,
  };
}

function classFolders({ folders }: Listing): string[] {
  return folders.filter((name) => !name.includes('/'));
}

/** Real paths shared by two listings: folders, files, or files in folders. */
function sharedPaths(first: Set<string>, second: Set<string>): string[] {
  const inside = (all: Set<string>, paths: Set<string>) =>
    [...paths].filter((real) => all.has(real) || all.has(path.dirname(real)));
  return [...new Set([...inside(first, second), ...inside(second, first)])];
}

/** The images of a listing with a path of the form `<class>/<image>`. */
function splitOf(
  folder: string,
  listing: Listing,
  classNames: string[],
  notes: string[],
): ImageFileSet {
  const { left } = listing;
  const classes = classFolders(listing);
  const numbers = new Map(classNames.map((name, label) => [name, label]));
  for (const name of classes) {
    if (!numbers.has(inOneForm(name))) {
      throw new DataError(
        `${OP}: ${path.join(folder, name)} must be one of the ` +
          `${classNames.length} classes of the training split`,
      );
    }
  }
  const images = listing.files.flatMap((file) => {
    const [name = '', image, ...deeper] = file.split('/');
    if (image === undefined) left.add('file', 'outside of the class folders', file);
    else if (deeper.length > 0) left.add('file', 'deeper than <class>/<image>', file);
    else return [{ file, label: numbers.get(inOneForm(name))! }];
    return [];
  });
  if (images.length === 0) {
    throw new DataError(
      `${OP}: ${folder} must hold images as <class>/<image>, got none${left.inBrackets()}`,
    );
  }
  images.sort((a, b) => a.label - b.label || (a.file < b.file ? -1 : 1));
  const empty = emptyFolders({ files: images.map(({ file }) => file), folders: classes });
  if (empty.length > 0) {
    notes.push(
      `${folder}: ${counted(empty.length, 'class folder')} without images (${firstOf(empty)})`,
    );
  }
  const present = new Set(classes.map(inOneForm));
  const missing = classNames.filter((name) => !present.has(name));
  if (missing.length > 0) {
    notes.push(
      `${folder}: no folder for ${missing.length === 1 ? 'one class' : `${missing.length} classes`} ` +
        `of the training split (${firstOf(missing)})`,
    );
  }
  notes.push(...left.sentences().map((sentence) => `${folder}: ${sentence}`));
  notes.push(...notesOfForms(folder, classes));
  return {
    files: images.map(({ file }) => path.join(folder, file)),
    labels: Uint16Array.from(images, ({ label }) => label),
    count: images.length,
  };
}
