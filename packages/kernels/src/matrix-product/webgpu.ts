import { BatchMatMul, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { batchProduct, everyBatchProduct, type MatMul } from './composed.js';

/**
 * Up to this many multiplications, one invocation per value is faster than tiles: the launch
 * dominates.
 */
const SMALL = 2 ** 20;

/**
 * Small products in one pass without workgroup memory. Each invocation computes one value, in a
 * loop over k. The matrices of a spectral pooling are such products. Large products, and batches of
 * which one broadcasts, run on tfjs's kernel.
 */
export const batchMatMulOnWebGpu: BackendKernel = {
  kernelName: BatchMatMul,
  make: (original: MatMul) => everyBatchProduct(smallProducts(original)),
};

/** Wraps a kernel of matrix products, and computes small products itself. */
function smallProducts(original: MatMul): MatMul {
  return (args) => {
    const { a, b } = args.inputs;
    const { transposeA, transposeB } = args.attrs;
    const product = batchProduct(a.shape, b.shape, { transposeA, transposeB });
    // tfjs refuses these operands, or they are not float32.
    if (!product || a.dtype !== 'float32') return original(args);
    const { m, k, n, batchA, batchB, batchShape } = product;
    const isSmall = util.sizeFromShape(batchShape) * m * k * n <= SMALL;
    if (!isSmall || !util.arraysEqual(batchA, batchB)) return original(args);
    const pass = elementwise({
      name: 'small-product',
      inputs: ['A', 'B'],
      outputShape: [...batchShape, m, n],
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
    return runProgram(args.backend as WebGpuBackend, pass, [a, b], 'float32', [
      integers(m, n, k),
      transposeA ? integers(1, m) : integers(k, 1),
      transposeB ? integers(1, k) : integers(n, 1),
    ]);
  };
}
