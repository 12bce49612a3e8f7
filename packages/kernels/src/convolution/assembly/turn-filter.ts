// Reorders the filter of a convolution for its input gradient.

/** Input channels that are read together, so that writes fill larger parts of cache lines. */
const BLOCK: i32 = 8;

/** The number of floats that `turnFilter` writes. */
export function turnedFilterFloats(taps: i32, inChannels: i32, outChannels: i32): f64 {
  return <f64>taps * <f64>inChannels * <f64>outChannels;
}

/**
 * Exchanges the channels of a filter, [kh, kw, ci, co] → [kh, kw, co, ci], in one pass without
 * scratch. The loops run over taps, blocks of 8 input channels, and output channels. `taps` is kh
 * · kw. With `isRotated` it also rotates the filter by 180°. A forward convolution of dy with the
 * rotated filter is then the input gradient at stride 1.
 */
export function turnFilter(
  f: usize,
  target: usize,
  taps: i32,
  inChannels: i32,
  outChannels: i32,
  isRotated: bool,
): void {
  const tapBytes = (<usize>(inChannels * outChannels)) << 2;
  for (let tap = 0; tap < taps; tap++) {
    const from = f + <usize>(isRotated ? taps - 1 - tap : tap) * tapBytes;
    const to = target + <usize>tap * tapBytes;
    for (let first = 0; first < inChannels; first += BLOCK) {
      const end = min(first + BLOCK, inChannels);
      for (let b = 0; b < outChannels; b++) {
        for (let a = first; a < end; a++) {
          const value = load<f32>(from + ((<usize>(a * outChannels + b)) << 2));
          store<f32>(to + ((<usize>(b * inChannels + a)) << 2), value);
        }
      }
    }
  }
}
