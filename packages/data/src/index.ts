export type { Augmentation } from './augmentation.js';
export { type BatchOptions, batches, type ImageBatch } from './batches.js';
export {
  type ImageFileSet,
  type ImageFolderDataset,
  type ImageFolderOptions,
  openImageFolder,
  subsetOfFiles,
} from './image-folder.js';
export {
  type ImageFolderBatches,
  type ImageFolderBatchOptions,
  imageFolderBatches,
} from './image-folder-batches.js';
export { type ImageDataset, type ImageSet, subset } from './image-set.js';
export { type Cifar10Options, loadCifar10 } from './load-cifar10.js';
export { type Cifar100Options, loadCifar100 } from './load-cifar100.js';
export { loadFashionMnist, loadMnist, type MnistOptions } from './load-mnist.js';
export { permutation, type RandomStream, randomStream } from './random.js';
