import { oneOf } from '@ds/checks';

/**
 * Where the factor of the DFT goes, in numpy's words: `'backward'` puts 1/n on the inverse,
 * `'ortho'` 1/√n on both, `'forward'` 1/n on the forward transform.
 */
export type Norm = 'backward' | 'ortho' | 'forward';

export const requireNorm = oneOf('backward', 'ortho', 'forward');

/** The factor of a transform over `count` samples in total. */
export function normFactor(
  op: string,
  norm: Norm,
  direction: 'forward' | 'inverse',
  count: number,
): number {
  switch (norm) {
    case 'backward':
      return direction === 'inverse' ? 1 / count : 1;
    case 'ortho':
      return 1 / Math.sqrt(count);
    case 'forward':
      return direction === 'forward' ? 1 / count : 1;
    default:
      throw new Error(
        `${op}: norm must be 'backward', 'ortho' or 'forward', got ${JSON.stringify(norm)}`,
      );
  }
}
