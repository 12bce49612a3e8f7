import { oneOf } from '@ds/checks';

/**
 * The placement of the DFT's scale factor, as in numpy. `'backward'` scales the inverse by 1/n,
 * `'ortho'` scales both transforms by 1/√n, `'forward'` scales the forward transform by 1/n.
 * The transforms here default to `'backward'`, as numpy does. The poolings of `@ds/layers` have
 * other defaults.
 */
export type Norm = 'backward' | 'ortho' | 'forward';

export const requireNorm = oneOf('backward', 'ortho', 'forward');

/** The scale factor of a transform over `count` samples. */
export function normFactor(norm: Norm, direction: 'forward' | 'inverse', count: number): number {
  if (norm === 'ortho') return 1 / Math.sqrt(count);
  const scaled = norm === 'forward' ? 'forward' : 'inverse';
  return direction === scaled ? 1 / count : 1;
}
