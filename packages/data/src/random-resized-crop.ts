import type { RandomStream } from './random.js';

/** A crop of an image, in pixels. */
export interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** ImageNet's ranges for the area fraction and the width-to-height ratio of crops. */
const SCALE = [0.08, 1] as const;
const RATIO = [3 / 4, 4 / 3] as const;

/**
 * Draws ImageNet's training crop (Szegedy et al. 2015): the area is uniform in 8 … 100 % of the
 * image, the aspect ratio log-uniform in 3/4 … 4/3, the place uniform. After ten draws that do not
 * fit, it takes the largest central crop of an allowed aspect ratio.
 */
export function randomResizedCrop(width: number, height: number, random: RandomStream): Crop {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * (SCALE[0] + (SCALE[1] - SCALE[0]) * random.uniform());
    const ratio = RATIO[0] * (RATIO[1] / RATIO[0]) ** random.uniform();
    const w = Math.round(Math.sqrt(area * ratio));
    const h = Math.round(Math.sqrt(area / ratio));
    if (w >= 1 && h >= 1 && w <= width && h <= height) {
      return {
        left: random.integer(0, width - w),
        top: random.integer(0, height - h),
        width: w,
        height: h,
      };
    }
  }
  const ratio = Math.min(Math.max(width / height, RATIO[0]), RATIO[1]);
  const w = Math.max(1, Math.min(width, Math.round(height * ratio)));
  const h = Math.max(1, Math.min(height, Math.round(width / ratio)));
  return {
    left: Math.floor((width - w) / 2),
    top: Math.floor((height - h) / 2),
    width: w,
    height: h,
  };
}

/** ImageNet's evaluation crop: the side of the central square, as a share of the shorter side. */
export const EVALUATION_CROP = 224 / 256;

/** The central square whose side is this share of the shorter side. */
export function centralCrop(width: number, height: number, share = EVALUATION_CROP): Crop {
  const side = Math.max(1, Math.round(Math.min(width, height) * share));
  return {
    left: Math.floor((width - side) / 2),
    top: Math.floor((height - side) / 2),
    width: side,
    height: side,
  };
}
