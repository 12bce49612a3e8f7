export { fftFrequencies, fftshift, ifftshift, rfftFrequencies } from './frequencies.js';
export { isSmooth } from './mixed-radix.js';
export { clearPlans, MAX_PLANS, realFft, realFft2d } from './plan-cache.js';
export { RealFft } from './real-fft.js';
export { RealFft2d } from './real-fft-2d.js';
export type { RealFft2dPlan, RealFftPlan } from './real-fft-plan.js';
export type { FloatArray } from './real-kernel.js';
export type { RowLayout } from './row-layout.js';
export type { SpectrumArrays, SpectrumLike } from './spectrum-arrays.js';
