import type { FloatArray } from './real-kernel.js';

/** Whether two arrays share values. */
function overlap(x: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (x === other) return true;
  if (!ArrayBuffer.isView(x) || !ArrayBuffer.isView(other)) return false;
  return (
    x.buffer === other.buffer &&
    x.byteOffset < other.byteOffset + other.byteLength &&
    other.byteOffset < x.byteOffset + x.byteLength
  );
}

/** The array, or a copy of it if another array shares its values. */
export function apart<Values extends ArrayLike<number>>(
  x: Values,
  ...others: ArrayLike<number>[]
): Values {
  const isShared = others.some((other) => overlap(x, other));
  return isShared ? ((x as unknown as FloatArray).slice() as unknown as Values) : x;
}

/** Both parts of a spectrum, or copies of those that share values with other arrays. */
export function spectrumApart<Values extends ArrayLike<number>>(
  { real, imag }: { real: Values; imag: Values },
  ...others: ArrayLike<number>[]
): { real: Values; imag: Values } {
  return { real: apart(real, ...others), imag: apart(imag, ...others) };
}
