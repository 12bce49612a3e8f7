import type { RandomStream } from './random.js';

/** Random augmentation of training images. */
export interface Augmentation {
  /** Pads every side with this many zero pixels, then takes a random crop. Default 0. */
  padding?: number;
  /** Flips left to right with probability ½. Default false. */
  flip?: boolean;
}

/** Where an image is read: row and column offset, and whether it is flipped. */
export interface Placement {
  top: number;
  left: number;
  mirrored: boolean;
}

/** Draws a placement. `top` and `left` are the crop's offset from the unpadded image. */
export function drawPlacement(
  { padding = 0, flip = false }: Augmentation,
  random: RandomStream,
): Placement {
  return {
    top: padding > 0 ? random.integer(-padding, padding) : 0,
    left: padding > 0 ? random.integer(-padding, padding) : 0,
    mirrored: flip && random.uniform() < 0.5,
  };
}

/**
 * Writes one standardised image: `standardised[channel · 256 + byte]` for every pixel at its
 * placement. Pixels beyond the border are black, byte 0.
 */
export function placeImage(
  bytes: Uint8Array,
  [height, width, channels]: [number, number, number],
  { top, left, mirrored }: Placement,
  standardised: Float32Array,
  out: Float32Array,
): void {
  const ofChannels = 256 * channels;
  let at = 0;
  for (let row = 0; row < height; row++) {
    const fromRow = row + top;
    const isRowInside = fromRow >= 0 && fromRow < height;
    for (let column = 0; column < width; column++) {
      const fromColumn = (mirrored ? width - 1 - column : column) + left;
      if (isRowInside && fromColumn >= 0 && fromColumn < width) {
        let from = (fromRow * width + fromColumn) * channels;
        for (let channel = 0; channel < ofChannels; channel += 256) {
          out[at++] = standardised[channel + bytes[from++]!]!;
        }
      } else {
        for (let channel = 0; channel < ofChannels; channel += 256) {
          out[at++] = standardised[channel]!;
        }
      }
    }
  }
}
