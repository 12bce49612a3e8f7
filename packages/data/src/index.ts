export type { Augmentation } from './augmentation.js';
export { type BatchOptions, batches, type ImageBatch } from './batches.js';
export { type ImageDataset, type ImageSet, subset } from './image-set.js';
export { type Cifar10Options, loadCifar10 } from './load-cifar10.js';
export { permutation, type RandomStream, randomStream } from './random.js';
