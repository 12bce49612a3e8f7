import { bytesTaken, startCounting, startWriting } from './building';
import { PLANAR } from './butterflies';
import { planRow, transformRow } from './rows';
import { scale } from './scale';

// The complex DFT of signals. The first word of a plan is the length. Exchanging real and imaginary
// parts, of x and of y, gives the inverse without its factor.

/** The bytes of a float32 plan. */
export function complexBytes32(n: u32): f64 {
  startCounting();
  planRow<f32>(n);
  return bytesTaken();
}

/** The bytes of a float64 plan. */
export function complexBytes64(n: u32): f64 {
  startCounting();
  planRow<f64>(n);
  return bytesTaken();
}

/** Writes a float32 plan. */
export function makeComplex32(plan: usize, n: u32): void {
  startWriting(plan);
  planRow<f32>(n);
}

/** Writes a float64 plan. */
export function makeComplex64(plan: usize, n: u32): void {
  startWriting(plan);
  planRow<f64>(n);
}

/** Transforms one float32 signal. The result is times `factor`. */
export function complex32(
  plan: usize,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  factor: f32,
): void {
  transformScaled<f32>(plan, xr, xi, yr, yi, factor);
}

/** Transforms one float64 signal. The result is times `factor`. */
export function complex64(
  plan: usize,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  factor: f64,
): void {
  transformScaled<f64>(plan, xr, xi, yr, yi, factor);
}

function transformScaled<T>(
  plan: usize,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  factor: T,
): void {
  transformRow<T>(plan, PLANAR, xr, xi, PLANAR, yr, yi);
  if (factor !== 1) {
    const n = <usize>load<u32>(plan);
    scale<T>(yr, yr, n, factor);
    scale<T>(yi, yi, n, factor);
  }
}
