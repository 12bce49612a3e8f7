import { median } from '../statistics/median.js';

/** A median with an interval of confidence, without an assumption about the distribution. */
export interface MedianInterval {
  median: number;
  low: number;
  high: number;
}

/**
 * The median of independent values, and the narrowest symmetric pair of order statistics that
 * covers the true median with at least this probability. With n values, the values of rank k + 1
 * and n − k miss it with probability `2 · P(B ≤ k)`, where B is binomial with n trials and
 * probability ½. Returns `null` if there are too few values: 6 for 95 %, 8 for 99 %.
 */
export function medianInterval(values: number[], confidence: number): MedianInterval | null {
  const n = values.length;
  const sorted = values.toSorted((a, b) => a - b);
  /** P(B = k) and P(B ≤ k). */
  let term = 2 ** -n;
  let below = term;
  if (2 * below > 1 - confidence) return null;
  let rank = 0;
  while (true) {
    term *= (n - rank) / (rank + 1);
    if (2 * (below + term) > 1 - confidence) break;
    below += term;
    rank += 1;
  }
  return { median: median(values), low: sorted[rank]!, high: sorted[n - 1 - rank]! };
}
