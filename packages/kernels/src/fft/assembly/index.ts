// The module of `@ds/fft/simd`: transforms in float32 and float64, without tfjs.

export {
  complex32,
  complex64,
  complexBytes32,
  complexBytes64,
  makeComplex32,
  makeComplex64,
} from './complex';
export { forwardPlanes32, inversePlanes32, makePlane32, planeBytes32 } from './planes32';
export { forwardPlanes64, inversePlanes64, makePlane64, planeBytes64 } from './planes64';
