/** Three passes of equal cost: forward, backward to the inputs, backward to the weights. */
const PASSES = 3;

/** Multiply-adds of training on `images` images, at `forwardMacs` per forward pass. */
export function trainingMacs(forwardMacs: number, images: number): number {
  return PASSES * forwardMacs * images;
}
