import { BatchMatMul, type BatchMatMulAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { elementwise } from './program.js';
import { integers } from './uniform.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** Multiplications up to which an invocation a value beats tiles: launching is what takes the time. */
const SMALL = 2 ** 20;

/**
 * Small products without workgroup memory, each value by one invocation; large ones, and batches that broadcast, stay with tfjs. The
 * matrices of a spectral pooling are made of such.
 */
export const batchMatMulKernel: BackendKernel = {
  kernelName: BatchMatMul,
  make: (original) => (args) => {
    const { a, b } = args.inputs as Record<'a' | 'b', TensorInfo>;
    const { transposeA, transposeB } = args.attrs as unknown as BatchMatMulAttrs;
    const [left, right] = [a.shape.slice(-2), b.shape.slice(-2)] as [number, number][];
    const batchShape = a.shape.slice(0, -2);
    const batch = util.sizeFromShape(batchShape);
    const [m, k] = transposeA ? [left![1], left![0]] : left!;
    const n = transposeB ? right![0] : right![1];
    const isSmall = batch * m! * k! * n! <= SMALL && batch * m! * n! > 0;
    if (!isSmall || !util.arraysEqual(batchShape, b.shape.slice(0, -2))) return original!(args);
    const pass = elementwise({
      name: 'small-product',
      inputs: ['A', 'B'],
      outputShape: [...batchShape, m!, n!],
      uniforms: 'sizes : vec3<i32>, stepA : vec2<i32>, stepB : vec2<i32>,',
      body: `
        let m = uniforms.sizes.x;
        let n = uniforms.sizes.y;
        let k = uniforms.sizes.z;
        let column = index % n;
        let row = (index / n) % m;
        let sample = index / (m * n);
        var atA = sample * m * k + row * uniforms.stepA.x;
        var atB = sample * k * n + column * uniforms.stepB.y;
        var sum = 0.0;
        for (var i = 0; i < k; i++) {
          sum += A[atA] * B[atB];
          atA += uniforms.stepA.y;
          atB += uniforms.stepB.x;
        }
        result[index] = sum;`,
    });
    return (args.backend as WebGpuBackend).runWebGPUProgram(pass, [a, b], 'float32', [
      integers(m!, n!, k!),
      transposeA ? integers(1, m!) : integers(k!, 1),
      transposeB ? integers(1, k!) : integers(n!, 1),
    ]);
  },
};
