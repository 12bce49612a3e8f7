/** The samples of a cosine transform in the order of its FFT: 0, 2, 4, … 5, 3, 1. */
export function splitOrder(length: number): number[] {
  const half = Math.ceil(length / 2);
  return Array.from({ length }, (_, i) => (i < half ? 2 * i : 2 * (length - i) - 1));
}

/** `cos(π k / (2n))` and `sin(π k / (2n))` for k = 0 … count − 1. */
export function halfTurns(length: number, count: number): [Float64Array, Float64Array] {
  const angle = (k: number) => (Math.PI * k) / (2 * length);
  return [
    Float64Array.from({ length: count }, (_, k) => Math.cos(angle(k))),
    Float64Array.from({ length: count }, (_, k) => Math.sin(angle(k))),
  ];
}
