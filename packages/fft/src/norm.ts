import { oneOf } from '@ds/checks';

/**
 * Where the factor of the DFT goes, in numpy's words: `'backward'` puts 1/n on the inverse,
 * `'ortho'` 1/√n on both, `'forward'` 1/n on the forward transform. The default of the transforms
 * here is `'backward'`, as in numpy. The poolings of `@ds/layers` have defaults of their own.
 */
export type Norm = 'backward' | 'ortho' | 'forward';

export const requireNorm = oneOf('backward', 'ortho', 'forward');

/** The factor of a transform over `count` samples in total. */
export function normFactor(norm: Norm, direction: 'forward' | 'inverse', count: number): number {
  if (norm === 'ortho') return 1 / Math.sqrt(count);
  const scaled = norm === 'forward' ? 'forward' : 'inverse';
  return direction === scaled ? 1 / count : 1;
}
