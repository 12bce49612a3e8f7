// Finds the outputs that meet a pixel of the image.

/** Returns the first q with s q + offset >= 0. */
export function firstInside(offset: i32, stride: i32): i32 {
  return offset >= 0 ? 0 : (-offset + stride - 1) / stride;
}

/** Returns the first q after the last with s q + offset < size. */
export function endInside(offset: i32, stride: i32, size: i32): i32 {
  const last = size - 1 - offset;
  return last < 0 ? 0 : last / stride + 1;
}
