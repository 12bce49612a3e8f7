import { backend } from '@tensorflow/tfjs-core';
import { kernelModule } from './kernel-module.js';
import { TileMeasurement } from './product-tiles.js';

/**
 * Total time in milliseconds. In this time the engine optimises the loop, and later calls run
 * faster.
 */
const DURATION = 150;

/**
 * Measures the peak performance of one core with the SIMD kernels' instructions, in GFLOP/s. It
 * runs the inner loops of a matrix product on data in the first-level cache, in both tiles, and
 * returns the best of many calls. Compare a kernel's GFLOP/s with it. Takes 150 ms.
 *
 * @returns `null` if no SIMD kernels are linked: on other backends, or before `useBackend('wasm')`.
 * Also `null` if the clock stands still.
 */
export function measurePeak(): number | null {
  const linked = kernelModule(backend());
  if (!linked) return null;
  const measurement = new TileMeasurement(linked);
  if (measurement.tick === Number.POSITIVE_INFINITY) return null;
  let best = 0;
  const end = performance.now() + DURATION;
  // On a coarse clock, the first tries are too short.
  while (best === 0 || performance.now() < end) {
    const speeds = measurement.next();
    if (speeds) best = Math.max(best, speeds['4x8'], speeds['6x16']);
  }
  return best;
}
