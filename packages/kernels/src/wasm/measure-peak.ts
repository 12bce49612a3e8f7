import { backend } from '@tensorflow/tfjs-core';
import { kernelModule } from './kernel-module.js';

/** Rounds of one call: a fraction of a millisecond. */
const ROUNDS = 400;
/** 4 · 8 multiplications, and as many additions. */
const OPERATIONS_A_STEP = 64;
/** Milliseconds in all: the engine compiles what runs often better, aside, and takes it at a later call. */
const DURATION = 150;

/**
 * What one core does at most with the SIMD kernels' instructions, in GFLOP/s: the innermost loop of a matrix
 * product on data in the first-level cache, the best of many tries. The measure for how well a kernel uses
 * the core; takes 150 ms.
 *
 * @returns `null` where no SIMD kernels are linked: on other backends, or before `useBackend('wasm')`.
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
