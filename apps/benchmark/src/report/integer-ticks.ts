/**
 * Whole numbers for the ticks of an axis, evenly spaced by 1, 2 or 5 times a power of ten. They
 * begin at `first`.
 *
 * @param most the largest number of ticks, at least 2.
 */
export function integerTicks(first: number, last: number, most: number): number[] {
  const least = Math.max(1, (last - first) / (most - 1));
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least)!;
  const count = Math.floor((last - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => first + i * step);
}
