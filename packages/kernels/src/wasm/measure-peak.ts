import { backend } from '@tensorflow/tfjs-core';
import { kernelModule } from './kernel-module.js';

/** Rounds of one call. They take a fraction of a millisecond. */
const ROUNDS = 400;
/** Operations per step: 4 · 8 multiplications, and as many additions. */
const OPERATIONS_A_STEP = 64;
/**
 * Total time in milliseconds. In this time the engine optimises the loop, and later calls run
 * faster.
 */
const DURATION = 150;

/**
 * Measures the peak performance of one core with the SIMD kernels' instructions, in GFLOP/s. It
 * runs the inner loop of a matrix product on data in the first-level cache, and returns the best of
 * many calls. Compare a kernel's GFLOP/s with it. Takes 150 ms.
 *
 * @returns `null` if no SIMD kernels are linked: on other backends, or before `useBackend('wasm')`.
 */
export function measurePeak(): number | null {
  const linked = kernelModule(backend());
  if (!linked) return null;
  const steps = linked.kernels.productSteps();
  const operands = linked.tables({
    a: new Float32Array(4 * steps).fill(0.5),
    x: new Float32Array(8 * steps).fill(0.25),
    y: new Float32Array(4),
  });
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + DURATION;
  for (let start = performance.now(); start < end; start = performance.now()) {
    linked.kernels.productRounds({ ...operands, rounds: ROUNDS });
    best = Math.min(best, performance.now() - start);
  }
  return (ROUNDS * steps * OPERATIONS_A_STEP) / best / 1e6;
}
