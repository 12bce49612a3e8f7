export { type LoadSimdOptions, loadSimd } from './simd/load.js';
export type { Precision } from './simd/module.js';
export type { ArrayOf, SimdOptions } from './simd/precision.js';
export { SimdComplexFft } from './simd/simd-complex-fft.js';
export { SimdRealFft } from './simd/simd-real-fft.js';
export { SimdRealFft2d } from './simd/simd-real-fft-2d.js';
