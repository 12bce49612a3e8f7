import type { ImageDataset } from '@ds/data';

/** Ten training and four test images of noise of CIFAR's size, in place of many megabytes. */
export function noiseImages(name: string, classes: number): ImageDataset {
  const set = (count: number) => ({
    images: Uint8Array.from({ length: count * 3072 }, (_, i) => (i * 31) % 251),
    labels: Uint8Array.from({ length: count }, (_, i) => i % classes),
    count,
    shape: [32, 32, 3] as [number, number, number],
  });
  return {
    name,
    train: set(10),
    test: set(4),
    classNames: Array.from({ length: classes }, (_, i) => `${i}`),
    mean: [0.5, 0.5, 0.5],
    std: [0.2, 0.2, 0.2],
    notes: [],
  };
}
