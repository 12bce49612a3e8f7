import type { SpatialRank } from '../spatial-rank.js';

/** The sides of the tests' images. */
export interface ImageSides {
  /** One pixel, prime, and not equal to each other. */
  every: number[][];
  /** For gradients. No multiples of common strides, so windows cross the border. */
  slopes: number[];
  weightSlopes: number[];
  leaks: number[];
  saved: number[];
  formats: number[];
  repeated: number[];
  batch: number[];
  counted: number[];
  compared: number[];
}

/** The sides for each number of spatial axes. */
export const IMAGE_SIDES: Record<SpatialRank, ImageSides> = {
  1: {
    every: [[1], [2], [7], [12]],
    slopes: [13],
    weightSlopes: [12],
    leaks: [8],
    saved: [9],
    formats: [7],
    repeated: [8],
    batch: [10],
    counted: [29],
    compared: [11],
  },
  2: {
    every: [
      [1, 1],
      [1, 6],
      [5, 1],
      [7, 7],
      [8, 12],
      [13, 9],
    ],
    slopes: [9, 10],
    weightSlopes: [8, 9],
    leaks: [6, 8],
    saved: [9, 8],
    formats: [9, 7],
    repeated: [8, 8],
    batch: [8, 10],
    counted: [13, 9],
    compared: [11, 8],
  },
  3: {
    every: [
      [1, 1, 1],
      [1, 6, 2],
      [5, 1, 3],
      [4, 7, 5],
    ],
    slopes: [5, 4, 7],
    weightSlopes: [6, 5, 8],
    leaks: [4, 3, 6],
    saved: [5, 4, 6],
    formats: [5, 3, 4],
    repeated: [4, 6, 4],
    batch: [4, 5, 6],
    counted: [7, 6, 9],
    compared: [5, 6, 7],
  },
};
