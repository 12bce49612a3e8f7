// Finds the outputs that meet a pixel of the image.

import { Shape } from './shape';

/** Returns the first q with s q + offset >= 0. */
export function firstInside(offset: i32, stride: i32): i32 {
  return offset >= 0 ? 0 : (-offset + stride - 1) / stride;
}

/** Returns the first q after the last with s q + offset < size. */
export function endInside(offset: i32, stride: i32, size: i32): i32 {
  const last = size - 1 - offset;
  return last < 0 ? 0 : last / stride + 1;
}

/** The number of outputs of a row, from `first` on, that a tap at this column meets. */
export function outputsInside(column: i32, first: i32, shape: Shape): i32 {
  return min(shape.outWidth, endInside(column, shape.strideWidth, shape.inWidth)) - first;
}

/**
 * The index of the first pixel of the row of x that a tap at `row` meets from the row `line` of
 * outputs, counted over the batch. It is −1 outside the image.
 */
export function placeOfRow(line: i32, row: i32, shape: Shape): i32 {
  const y = (line % shape.outHeight) * shape.strideHeight + row;
  if (<u32>y >= <u32>shape.inHeight) return -1;
  return ((line / shape.outHeight) * shape.inHeight + y) * shape.inWidth;
}
