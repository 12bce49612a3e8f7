// What works on images in memory, in browsers too: no loader, nothing of Node.
export type { Augmentation } from './augmentation.js';
export { type BatchOptions, batches, type ImageBatch } from './batches.js';
export { type ImageDataset, type ImageSet, subset } from './image-set.js';
export { permutation, type RandomStream, randomStream } from './random.js';
