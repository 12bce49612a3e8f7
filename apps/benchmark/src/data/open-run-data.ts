import {
  batches,
  EVALUATION_CROP,
  holdOut,
  holdOutFiles,
  type ImageDataset,
  type ImageFolderDataset,
  imageFolderBatches,
  type KeptImages,
  loadCifar10,
  loadCifar100,
  loadFashionMnist,
  loadMnist,
  openImageFolder,
  subset,
  subsetIndices,
  subsetOfFiles,
} from '@ds/data';
import { picturePreview } from '../class-test/picture-preview.js';
import type { RunConfig } from '../config/run-config.js';
import { countOf } from './count-of.js';
import { reading, readingBatches } from './data-failure.js';
import { fingerprint, partsOfFiles, partsOfImages } from './data-fingerprint.js';
import { type DataFolders, folderOf } from './data-folders.js';
import { openOwnFolder } from './folder-remedy.js';
import { heldOut, scoredCount } from './held-out.js';
import type { RunData } from './run-data.js';
import { openSoundRun } from './sound-data.js';

/** The datasets of images that are loaded, and not read file by file. */
type ImagesInMemory = Exclude<RunConfig['dataset'], 'imagefolder' | 'sounds'>;

/**
 * Opens a run's dataset and draws its images. Equal seeds draw the same images for every pooling.
 * If the dataset has fewer images than requested, the run uses all of them.
 */
export async function openRunData(config: RunConfig, folders: DataFolders): Promise<RunData> {
  const data = await reading(openDataset(config, folderOf(config.dataset, folders)));
  let fingerprint: Promise<string> | undefined;
  return {
    ...data,
    // Reads parts of all files, so once only.
    fingerprint: () => {
      fingerprint ??= data.fingerprint();
      return fingerprint;
    },
    train: (epoch) => readingBatches(data.train(epoch)),
    test: (count) => readingBatches(data.test(count)),
  };
}

async function openDataset(config: RunConfig, folder: string | undefined): Promise<RunData> {
  if (config.dataset === 'sounds') return openSoundRun(config, needed(folder));
  if (config.dataset === 'imagefolder') return openFiles(config, needed(folder));
  return openImages(config.dataset, config, folder);
}

/**
 * Loads a dataset of images. A run that holds out no images keeps only those that it draws: all of
 * CIFAR-10 fill 184 MB.
 */
async function openImages(
  name: ImagesInMemory,
  config: RunConfig,
  folder: string | undefined,
): Promise<RunData> {
  const { trainImages, testImages, validationImages, seed } = config;
  const total: Partial<RunData['available']> = {};
  const keep = (set: 'train' | 'test', wanted: number | 'all') => (labels: Uint8Array) => {
    total[set] = labels.length;
    return subsetIndices(labels, countOf(wanted, labels.length), seed);
  };
  const kept = { train: keep('train', trainImages), test: keep('test', testImages) };
  const loaded = await loadDataset(name, folder, validationImages === undefined ? kept : {});
  const dataset = held(config, loaded);
  const { train, test } = dataset;
  return inMemory(config, dataset, { train: train.count, test: test.count, ...total });
}

/** The dataset whose test set is the held-out part of its training set, if a run asks for one. */
function held(config: RunConfig, dataset: ImageDataset): ImageDataset {
  const draw = heldOut(config, dataset.train.count);
  if (!draw) return dataset;
  const { train, validation } = holdOut(dataset.train, draw.count, draw.seed);
  return { ...dataset, train, test: validation };
}

async function loadDataset(
  name: ImagesInMemory,
  folder: string | undefined,
  keep: KeptImages,
): Promise<ImageDataset> {
  switch (name) {
    case 'cifar10':
      return loadCifar10({ folder, keep });
    case 'cifar100':
      return loadCifar100({ folder: needed(folder), keep });
    case 'mnist':
      return loadMnist({ folder: needed(folder) });
    case 'fashion-mnist':
      return loadFashionMnist({ folder: needed(folder) });
  }
}

function needed(folder: string | undefined): string {
  if (folder === undefined) throw new Error('--data must name the folder of the dataset, got none');
  return folder;
}

function inMemory(
  config: RunConfig,
  dataset: ImageDataset,
  available: RunData['available'],
): RunData {
  const { seed, mixup, padding, flip, batchSize } = config;
  const { mean, std, classNames } = dataset;
  const train = subset(dataset.train, countOf(config.trainImages, dataset.train.count), seed);
  const test = subset(dataset.test, scoredCount(config, dataset.test.count), seed);
  const input = { batchSize, classes: classNames.length, mean, std };
  const [size, , channels] = dataset.train.shape;
  return {
    name: dataset.name,
    shape: dataset.train.shape,
    classes: classNames.length,
    classNames,
    ...(channels === 3 && { image: { size, crop: 1, mean, std, classes: classNames } }),
    preview: (example) => picturePreview(example, dataset.train.shape, mean, std),
    trainCount: train.count,
    testCount: test.count,
    available,
    notes: dataset.notes,
    fingerprint: async () => fingerprint([...partsOfImages(train), ...partsOfImages(test)]),
    train: (epoch) =>
      batches(train, {
        ...input,
        shuffle: { seed, epoch },
        augmentation: { padding, flip },
        mixup,
      }),
    test: (count = test.count) => batches(subset(test, Math.min(count, test.count), seed), input),
  };
}

function heldFiles(config: RunConfig, tree: ImageFolderDataset): ImageFolderDataset {
  const draw = heldOut(config, tree.train.count);
  if (!draw) return tree;
  const { train, validation } = holdOutFiles(tree.train, draw.count, draw.seed);
  return { ...tree, train, test: validation };
}

async function openFiles(config: RunConfig, folder: string): Promise<RunData> {
  const { seed, mixup, flip, randomResizedCrop, batchSize, imageSize } = config;
  const size = imageSize!;
  const whole = await openOwnFolder(config, () => openImageFolder({ folder }));
  const tree = heldFiles(config, whole);
  const { mean, std, classNames, notes } = tree;
  const train = subsetOfFiles(tree.train, countOf(config.trainImages, tree.train.count), seed);
  const test = subsetOfFiles(tree.test, scoredCount(config, tree.test.count), seed);
  const onNote = (note: string) => notes.push(note);
  const input = { batchSize, classes: classNames.length, size, mean, std, onNote };
  return {
    name: tree.name,
    shape: [size, size, 3],
    classes: classNames.length,
    classNames,
    image: { size, crop: EVALUATION_CROP, mean, std, classes: classNames },
    preview: (example) => picturePreview(example, [size, size, 3], mean, std),
    trainCount: train.count,
    testCount: test.count,
    available: { train: tree.train.count, test: tree.test.count },
    notes,
    fingerprint: async () =>
      fingerprint([
        ...classNames,
        tree.train.count,
        tree.test.count,
        ...(await reading(partsOfFiles(train, folder))),
        ...(await reading(partsOfFiles(test, folder))),
      ]),
    train: (epoch) =>
      imageFolderBatches(train, {
        ...input,
        shuffle: { seed, epoch },
        augmentation: { randomResizedCrop, flip },
        mixup,
      }),
    test: (count = test.count) =>
      imageFolderBatches(subsetOfFiles(test, Math.min(count, test.count), seed), input),
  };
}
