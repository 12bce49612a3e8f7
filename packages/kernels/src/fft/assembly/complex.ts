import { PLANAR } from './butterflies';
import { bytesTaken, startCounting, startWriting } from './building';
import { planRow, transformRow } from './rows';

// The complex DFT of signals. The first word of a plan is the length. Exchanging real and imaginary
// parts, of x and of y, gives the inverse without its factor.

/** The bytes of a float32 plan. */
export function complexBytes32(n: u32): u32 {
  startCounting();
  planRow<f32>(n);
  return bytesTaken();
}

/** The bytes of a float64 plan. */
export function complexBytes64(n: u32): u32 {
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

/** Transforms one float32 signal. */
export function complex32(plan: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  transformRow<f32>(plan, PLANAR, xr, xi, PLANAR, yr, yi);
}

/** Transforms one float64 signal. */
export function complex64(plan: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  transformRow<f64>(plan, PLANAR, xr, xi, PLANAR, yr, yi);
}
