export { dct, dct2d, idct, idct2d } from './dct.js';
export { magnitude } from './magnitude.js';
export type { Norm } from './norm.js';
export { type HalfSpectrum, irfft, rfft } from './rfft.js';
export { irfft2d, rfft2d } from './rfft2d.js';
export { irfftn, rfftn } from './rfftn.js';
export { fftshift, ifftshift } from './shift.js';
