// The filter of a convolution's input gradient.

/** Input channels that are read side by side, so that whole pieces of cache lines are written. */
const BLOCK: i32 = 8;

/** The number of floats that `turnFilter` writes. */
export function turnedFilterFloats(taps: i32, inChannels: i32, outChannels: i32): f64 {
  return <f64>taps * <f64>inChannels * <f64>outChannels;
}

/**
 * [kh, kw, ci, co] to [kh, kw, co, ci]; with `isRotated` by half a turn too, which makes the input gradient of a
 * convolution at stride 1 a forward convolution. `taps` is kh · kw.
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
