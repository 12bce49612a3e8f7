import { backend } from '@tensorflow/tfjs-core';
import { kernelModule } from './kernel-module.js';
import { tileSpeeds } from './product-tiles.js';

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
 */
export function measurePeak(): number | null {
  const linked = kernelModule(backend());
  if (!linked) return null;
  let best = 0;
  const end = performance.now() + DURATION;
  while (performance.now() < end) best = Math.max(best, ...Object.values(tileSpeeds(linked)));
  return best;
}
