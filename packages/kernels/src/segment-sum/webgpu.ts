import { UnsortedSegmentSum } from '@tensorflow/tfjs-core';
import { program, runProgram } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { zeros } from '../webgpu/zeros.js';
import { type SegmentSum, segmentSizes } from './composed.js';

const THREADS = 64;

/**
 * WGSL: adds to a value of the result atomically. WGSL has integer atomics only, so a float32 is
 * stored as its bits, and added in a compare-exchange loop.
 */
const ADD = {
  int32: 'atomicAdd(&result[to], x[index]);',
  float32: `
    var before = atomicLoad(&result[to]);
    loop {
      let tried = atomicCompareExchangeWeak(
        &result[to], before, bitcast<i32>(bitcast<f32>(before) + x[index]));
      if (tried.exchanged) { break; }
      before = tried.old_value;
    }`,
};

/**
 * `y[s, …] = Σ x[r, …]` over the rows r with `ids[r] = s`. Rows with an id outside the segments are
 * skipped. One pass over zeros, without workgroup memory. Each invocation adds one value of x
 * atomically, in an order that the device chooses.
 *
 * tfjs's kernel also adds rows with ids outside the segments. It confuses the bits of int32 and
 * float32, and refuses an empty x.
 */
export const unsortedSegmentSumOnWebGpu: SegmentSum = {
  kernelName: UnsortedSegmentSum,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const gpu = backend as WebGpuBackend;
      const { x, segmentIds } = inputs;
      const { numSegments } = attrs;
      const { rows, inner, shape } = segmentSizes(inputs, numSegments);
      const dtype = x.dtype === 'float32' ? 'float32' : 'int32';
      const sums = zeros(gpu, shape, dtype);
      const count = rows * inner;
      if (count === 0 || numSegments === 0) return sums;
      const add = program({
        name: 'unsorted-segment-sum',
        inputs: ['x', 'ids'],
        outputShape: shape,
        uniforms: 'count : i32, inner : i32, segments : i32,',
        constants: dtype,
        atomic: true,
        workgroups: Math.ceil(count / THREADS),
        threads: THREADS,
        body: `
          if (index >= uniforms.count) { return; }
          let segment = ids[index / uniforms.inner];
          if (segment < 0 || segment >= uniforms.segments) { return; }
          let to = segment * uniforms.inner + index % uniforms.inner;
          ${ADD[dtype]}`,
      });
      const sizes = [count, inner, numSegments].map((size) => integers(size));
      return runProgram(gpu, add, [x, segmentIds], dtype, sizes, sums);
    },
};
