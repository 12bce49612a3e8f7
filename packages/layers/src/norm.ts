import { oneOf } from '@ds/checks';

/**
 * The position of the factor of the DFT; see `Norm` of `@ds/fft`. Each pooling defaults to the norm
 * of its paper: `'ortho'` in `diffStride` and `spectralPool`, `'forward'` in `asapPool`. `flcPool`
 * defaults to `'forward'` as well, for comparison with `asapPool`.
 */
export type Norm = 'backward' | 'ortho' | 'forward';

export const checkNorm = oneOf('backward', 'ortho', 'forward');
