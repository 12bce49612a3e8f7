import { quantile } from './quantile.js';

/** The median of values, which is the mean of the middle two of an even number; 0 of none. */
export function median(values: number[]): number {
  return values.length === 0 ? 0 : quantile(values, 0.5);
}
