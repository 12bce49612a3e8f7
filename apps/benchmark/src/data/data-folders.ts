import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { filePath } from '../command-line/flags.js';
import { DATASETS, type DatasetName } from './datasets.js';

/** Dataset folders by name. `'any'` holds the folder of all datasets without an entry. */
export type DataFolders = Partial<Record<DatasetName | 'any', string>>;

/** Adds the value of one `--data` flag: `<folder>` or `<dataset>=<folder>`. */
export function collectDataFolder(value: string, before: DataFolders = {}): DataFolders {
  const split = value.indexOf('=');
  const dataset = DATASETS.find((one) => one === value.slice(0, Math.max(split, 0)));
  const add = (name: DatasetName | 'any', folder: string) => {
    if (before[name] === undefined) return { ...before, [name]: filePath(folder) };
    const whose = name === 'any' ? 'all datasets' : name;
    throw new InvalidArgumentError(`must name one folder for ${whose}, got '${value}' as well`);
  };
  if (dataset) return add(dataset, value.slice(split + 1));
  // The name of a folder may contain a '='.
  if (split >= 0 && !existsSync(value)) {
    throw new InvalidArgumentError(
      'must be a folder that exists, or <dataset>=<folder> with a dataset of ' +
        `${DATASETS.join(', ')}, got '${value}'`,
    );
  }
  return add('any', value);
}

/** The required content of each dataset's folder, for error messages. */
const WANTED: Record<DatasetName, string> = {
  cifar10: 'the unpacked cifar-10-binary.tar.gz',
  cifar100: 'the unpacked cifar-100-binary.tar.gz (www.cs.toronto.edu/~kriz/cifar.html)',
  mnist: 'the four idx files of MNIST',
  'fashion-mnist': 'the four idx files of Fashion-MNIST (github.com/zalandoresearch/fashion-mnist)',
  imagefolder: 'a tree of images, train/<class>/<image> and val/<class>/<image>',
  sounds: 'sound files in the layout that the run configures',
};

/** The folder of a dataset; `undefined` for CIFAR-10 if it comes from the cache. */
export function folderOf(dataset: DatasetName, folders: DataFolders): string | undefined {
  return folders[dataset] ?? folders.any;
}

/**
 * Prepares all datasets before several workers open them. Downloads CIFAR-10 into the cache, and
 * checks that the folders of the others exist.
 *
 * @throws Error that names the required folder if it is not given or does not exist.
 */
export async function prepareData(
  datasets: Iterable<DatasetName>,
  folders: DataFolders,
  onProgress: (message: string) => void,
): Promise<void> {
  for (const dataset of new Set(datasets)) {
    const folder = folderOf(dataset, folders);
    if (dataset === 'cifar10' && folder === undefined) {
      const { fetchCifar10 } = await import('@ds/data');
      await fetchCifar10({ onProgress: (message) => onProgress(`CIFAR-10: ${message}`) });
      continue;
    }
    const isFolder = folder !== undefined && (await isDirectory(folder));
    if (!isFolder) {
      throw new Error(
        `--data must name the folder of ${dataset}: ${WANTED[dataset]}; got ${folder ?? 'none'}`,
      );
    }
  }
}

async function isDirectory(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
