import { oneOf, requireOptions, requireString } from '@ds/checks';
import { type CifarLayout, readCifarFiles } from './cifar-binary.js';
import { CIFAR100_COARSE, CIFAR100_FINE } from './cifar100-names.js';
import { type ImageDataset, type KeptImages, requireKept } from './image-set.js';

/** Options of {@link loadCifar100}. */
export interface Cifar100Options {
  /** A `cifar-100-binary` folder, as unpacked from `cifar-100-binary.tar.gz`. */
  folder: string;
  /** `'fine'`: the 100 classes. `'coarse'`: the 20 superclasses. Default `'fine'`. */
  labels?: 'fine' | 'coarse';
  /** Chooses the images to keep, so that a draw of few does not fill memory with all. */
  keep?: KeptImages;
}

/**
 * CIFAR-100 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32×32×3 in 100 classes.
 *
 * Reads the standard binary version: `train.bin` and `test.bin`, with records of a coarse label
 * byte, a fine label byte and 3072 bytes in planes. Node only.
 *
 * @throws DataError that names the file, the rule, and the byte if the file is corrupt.
 */
export async function loadCifar100(options: Cifar100Options): Promise<ImageDataset> {
  requireOptions<Cifar100Options>(
    'loadCifar100',
    'options',
    options,
    { folder: requireString, labels: oneOf('fine', 'coarse'), keep: requireKept },
    ['folder'],
  );
  const { folder, labels = 'fine', keep } = options;
  const layout = (imagesPerFile: number): CifarLayout => ({
    op: 'loadCifar100',
    imagesPerFile,
    labelClasses: [20, 100],
    label: labels === 'coarse' ? 0 : 1,
  });
  return {
    name: labels === 'coarse' ? 'CIFAR-100 (20 superclasses)' : 'CIFAR-100',
    train: await readCifarFiles(folder, ['train.bin'], layout(50_000), keep?.train),
    test: await readCifarFiles(folder, ['test.bin'], layout(10_000), keep?.test),
    classNames: [...(labels === 'coarse' ? CIFAR100_COARSE : CIFAR100_FINE)],
    mean: [0.50707, 0.48655, 0.44092],
    std: [0.26733, 0.25644, 0.27615],
    notes: [],
  };
}
