/**
 * The values beyond the border of an image. `'zero'`: 0. `'replicate'`: the nearest pixel.
 * `'reflect'`: mirrored at the edge pixel, which is not repeated. `'circular'`: the image repeats.
 */
export type Border = 'reflect' | 'replicate' | 'zero' | 'circular';

export const BORDERS = ['reflect', 'replicate', 'zero', 'circular'] as const;

/**
 * The pixel at a position of an axis, or `null` for a zero. A reflection reaches at most size − 1
 * pixels beyond the border.
 */
export function pixelAt(position: number, size: number, border: Border): number | null {
  if (position >= 0 && position < size) return position;
  switch (border) {
    case 'zero':
      return null;
    case 'replicate':
      return position < 0 ? 0 : size - 1;
    case 'reflect':
      return position < 0 ? -position : 2 * (size - 1) - position;
    case 'circular':
      return ((position % size) + size) % size;
  }
}
