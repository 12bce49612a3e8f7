// Exports for images in memory. They run in browsers: no loader, no Node modules.
export type { Augmentation } from './augmentation.js';
export { type BatchOptions, batches, type ImageBatch } from './batches.js';
export { type ImageDataset, type ImageSet, subset } from './image-set.js';
export { permutation, type RandomStream, randomStream } from './random.js';
