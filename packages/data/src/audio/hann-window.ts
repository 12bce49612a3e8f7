/** The periodic Hann window, `w_t = ½ − ½ cos(2πt/L)`. */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / length));
}
