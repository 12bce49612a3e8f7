import { bytesTaken, startCounting, startWriting } from './building';
import { forwardPlanes, inversePlanes, planPlane } from './planes';

// The DFT of real planes in float32. A plan is a block of memory with tables and scratch space. Its
// address must be a multiple of 64. A plane of height 1 is a signal.

/** The bytes of a plan. */
export function planeBytes32(height: u32, width: u32): f64 {
  startCounting();
  planPlane<f32>(height, width);
  return bytesTaken();
}

/** Writes a plan. */
export function makePlane32(plan: usize, height: u32, width: u32): void {
  startWriting(plan);
  planPlane<f32>(height, width);
}

/** The half-spectra of `count` planes, times `factor`. */
export function forwardPlanes32(
  plan: usize,
  count: u32,
  x: usize,
  real: usize,
  imag: usize,
  factor: f32,
): void {
  forwardPlanes<f32>(plan, count, x, real, imag, factor);
}

/** The planes of `count` half-spectra, times `factor`. */
export function inversePlanes32(
  plan: usize,
  count: u32,
  real: usize,
  imag: usize,
  x: usize,
  factor: f32,
): void {
  inversePlanes<f32>(plan, count, real, imag, x, factor);
}
