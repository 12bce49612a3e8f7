import { backend, getBackend } from '@tensorflow/tfjs-core';
import { elementwise, runProgram } from './program.js';
import { floats, integers } from './uniform.js';
import type { WebGpuBackend } from './webgpu-backend.js';

const INVOCATIONS = 2 ** 18;
/** Independent vectors of four per invocation. One chain does not wait for another. */
const CHAINS = 8;
/** Seconds after which the measurement stops doubling. */
const LONG_ENOUGH = 0.05;
const MOST_ROUNDS = 2 ** 16;

/**
 * Measures the peak float32 performance of a GPU, in GFLOP/s. Each invocation multiplies and adds
 * in registers; the number of rounds doubles until a run takes a twentieth of a second. Compare a
 * program's GFLOP/s with it.
 *
 * @returns `null` on backends other than WebGPU.
 */
export async function measureDevicePeak(): Promise<number | null> {
  if (getBackend() !== 'webgpu') return null;
  const gpu = backend() as WebGpuBackend;
  const chains = Array.from({ length: CHAINS }, (_, i) => i);
  const pass = elementwise({
    name: 'peak',
    inputs: [],
    outputShape: [INVOCATIONS],
    uniforms: 'rounds : i32, factor : f32,',
    body: `
      ${chains.map((i) => `var c${i} = vec4<f32>(f32(index) + ${i}.0);`).join('\n')}
      let factor = vec4<f32>(uniforms.factor);
      for (var round = 0; round < uniforms.rounds; round++) {
        ${chains.map((i) => `c${i} = fma(c${i}, factor, factor);`).join('\n')}
      }
      let total = ${chains.map((i) => `c${i}`).join(' + ')};
      result[index] = total.x + total.y + total.z + total.w;`,
  });
  const time = async (rounds: number) => {
    const start = performance.now();
    const result = runProgram(gpu, pass, [], 'float32', [integers(rounds), floats(0.5)]);
    gpu.endComputePassEncoder();
    gpu.ensureCommandEncoderReady();
    gpu.submitQueue();
    await gpu.queue.onSubmittedWorkDone();
    gpu.disposeData(result.dataId);
    return (performance.now() - start) / 1000;
  };
  await time(1);
  let best = 0;
  for (let rounds = 1; rounds <= MOST_ROUNDS; rounds *= 2) {
    const seconds = await time(rounds);
    // Each round has a multiplication and an addition of four values in each chain.
    best = Math.max(best, (INVOCATIONS * CHAINS * 8 * rounds) / seconds / 1e9);
    if (seconds > LONG_ENOUGH) break;
  }
  return best;
}
