/** Forward, and backward to inputs and to weights: each as many multiply-adds. */
const PASSES = 3;

/** Multiply-adds of training on so many images, at so many a forward pass. */
export function trainingMacs(forwardMacs: number, images: number): number {
  return PASSES * forwardMacs * images;
}
