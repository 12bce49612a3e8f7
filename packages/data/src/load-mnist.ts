import { DataError, requireOptions, requireString } from '@ds/checks';
import { readIdx } from './idx.js';
import type { ImageDataset, ImageSet } from './image-set.js';

/** Options of {@link loadMnist} and {@link loadFashionMnist}. */
export interface MnistOptions {
  /**
   * The folder with the four idx files (`train-images-idx3-ubyte` …, or `train-images.idx3-ubyte`
   * …), plain or packed as `.gz`.
   */
  folder: string;
}

const CLASSES = 10;

/**
 * MNIST (LeCun et al. 1998): 60,000 training and 10,000 test images of 28×28×1, ten digits. Node
 * only.
 *
 * @throws DataError that names the file, the rule, and the byte if the file is corrupt; also if
 *   test and training images differ in size.
 */
export async function loadMnist(options: MnistOptions): Promise<ImageDataset> {
  const folder = folderOf('loadMnist', options);
  return {
    name: 'MNIST',
    ...(await splits('loadMnist', folder)),
    classNames: Array.from({ length: CLASSES }, (_, digit) => `${digit}`),
    mean: [0.1307],
    std: [0.3081],
  };
}

/** Fashion-MNIST (Xiao et al. 2017): same format, ten kinds of clothing; see {@link loadMnist}. */
export async function loadFashionMnist(options: MnistOptions): Promise<ImageDataset> {
  const folder = folderOf('loadFashionMnist', options);
  return {
    name: 'Fashion-MNIST',
    ...(await splits('loadFashionMnist', folder)),
    classNames: [
      'T-shirt/top',
      'trouser',
      'pullover',
      'dress',
      'coat',
      'sandal',
      'shirt',
      'sneaker',
      'bag',
      'ankle boot',
    ],
    mean: [0.286],
    std: [0.353],
  };
}

function folderOf(op: string, options: MnistOptions): string {
  requireOptions<MnistOptions>(op, 'options', options, { folder: requireString }, ['folder']);
  return options.folder;
}

async function splits(
  op: string,
  folder: string,
): Promise<Pick<ImageDataset, 'train' | 'test' | 'notes'>> {
  const notes: string[] = [];
  const [train, test] = [
    await split(op, folder, 'train', notes),
    await split(op, folder, 't10k', notes),
  ];
  const [there, here] = [train.set.shape, test.set.shape].map(([h, w]) => `${h}×${w}`);
  if (here !== there) {
    throw new DataError(
      `${op}: ${test.file} must have images of ${there}, like ${train.file}, got ${here}`,
    );
  }
  return { train: train.set, test: test.set, notes };
}

async function split(
  op: string,
  folder: string,
  name: string,
  notes: string[],
): Promise<{ file: string; set: ImageSet }> {
  const images = await readIdx(op, folder, `${name}-images-idx3-ubyte`, 3, notes);
  const labels = await readIdx(op, folder, `${name}-labels-idx1-ubyte`, 1, notes);
  const [count, height, width] = images.dimensions as [number, number, number];
  if (labels.dimensions[0] !== count) {
    throw new DataError(
      `${op}: ${labels.file} must have a label for each of the ${count} images ` +
        `of ${images.file}, got ${labels.dimensions[0]}`,
    );
  }
  const wrong = labels.values.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw new DataError(
      `${op}: ${labels.file} is corrupt: byte ${labels.offset + wrong} must be a label ` +
        `0 … ${CLASSES - 1}, got ${labels.values[wrong]}`,
    );
  }
  const set: ImageSet = {
    images: images.values,
    labels: labels.values,
    count,
    shape: [height, width, 1],
  };
  return { file: images.file, set };
}
