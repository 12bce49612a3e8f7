import { resampled } from '../resample/webgpu.js';
import { elementwise, program, runProgram } from '../webgpu/program.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import {
  denseForm,
  diffStrideKernel,
  diffStrideMatricesGradientKernel,
  diffStrideMatricesKernel,
} from './contract.js';
import {
  ENTRY,
  GRADIENT_OF_STRIDE,
  MASK_OF_AXIS,
  tableOf,
  UNIFORMS,
  uniformsOf,
} from './webgpu-masks.js';

/** Invocations of the workgroup that sums a gradient. */
const LANES = 64;
/**
 * WGSL: cos and sin of θ − φ from the table's roots of unity, with θ = 2π·target·i/size and φ =
 * 2π·source·p/input size.
 */
const WAVE = `
  fn wave(axis : i32, entry : i32, i : i32, p : i32) -> vec2<f32> {
    let size = sizes(axis);
    let first = select(0, 2 * (uniforms.axes.x + uniforms.axes.y), axis == 1);
    let theta = first + (i32(table[entry + 1]) * i) % size.x;
    let phi = first + 2 * size.x + (i32(table[entry]) * p) % size.y;
    let outer = vec2<f32>(table[theta], table[theta + size.x]);
    let inner = vec2<f32>(table[phi], table[phi + size.y]);
    return vec2<f32>(dot(outer, inner), outer.y * inner.x - outer.x * inner.y);
  }`;

/** WGSL: the functions of both programs. */
const DECLARATIONS = MASK_OF_AXIS + WAVE;

/**
 * WGSL: finds the matrix entry of an invocation. `axis` is 0 for rows; `i` and `p` are the row and
 * the column of the entry. It also finds whether the entry belongs to a skew matrix.
 */
const ENTRY_OF_MATRIX = `
      let vertical = uniforms.axes.x * uniforms.axes.y;
      let both = vertical + uniforms.axes2.x * uniforms.axes2.y;
      let isSkew = index >= both;
      let within = index % both;
      let axis = select(0, 1, within >= vertical);
      let at = within - axis * vertical;
      let size = sizes(axis);
      let i = at / size.y;
      let p = at % size.y;`;

/**
 * WGSL: sums `m_k cos(θ − φ)` over the kept frequencies, or `m_k sin(θ − φ)` for a skew
 * matrix.
 */
const SUM_OF_WAVES = `
      var sum = 0.0;
      for (var k = 0; k < size.z; k++) {
        let entry = size.w + ${ENTRY} * k;
        let mask = clamp(ramp(axis, table[entry + 2]), 0.0, 1.0) * table[entry + 3];
        let both_parts = wave(axis, entry, i, p);
        sum += mask * select(both_parts.x, both_parts.y, isSkew);
      }
      result[index] = sum;`;

/** One pass without workgroup memory. Each invocation computes one entry of the four matrices. */
export const diffStrideMatricesOnWebGpu = diffStrideMatricesKernel.on(
  (backend: WebGpuBackend, { strides }, attributes) => {
    const { rows, columns } = attributes;
    const [vertical, horizontal] = [rows, columns].map((band) => band.outputSize * band.inputSize);
    const pass = elementwise({
      name: 'diff-stride-matrices',
      inputs: ['strides', 'table'],
      outputShape: [2 * (vertical! + horizontal!)],
      uniforms: UNIFORMS,
      declarations: DECLARATIONS,
      body: ENTRY_OF_MATRIX + SUM_OF_WAVES,
    });
    return runProgram(
      backend,
      pass,
      [strides, tableOf(backend, attributes)],
      'float32',
      uniformsOf(attributes, strides),
    );
  },
);

/**
 * WGSL: each lane sums upstream · wave over its share of the matrix entries of one axis. Only
 * frequencies on the ramp contribute: there the mask's slope is 1/R. The lanes write their sums to
 * workgroup memory.
 */
const SLOPE_OF_LANE = `
      let axis = min(group, 1);
      let size = sizes(axis);
      let vertical = uniforms.axes.x * uniforms.axes.y;
      let both = vertical + uniforms.axes2.x * uniforms.axes2.y;
      let first = axis * vertical;
      let lane = i32(localIndex);
      var sum = 0.0;
      for (var k = 0; k < size.z; k++) {
        let entry = size.w + ${ENTRY} * k;
        let value = ramp(axis, table[entry + 2]);
        if (value < 0.0 || value > 1.0) { continue; }
        for (var at = lane; at < size.x * size.y; at += ${LANES}) {
          let slope = vec2<f32>(upstream[first + at], upstream[both + first + at]);
          sum += table[entry + 3] * dot(slope, wave(axis, entry, at / size.y, at % size.y));
        }
      }
      lanes[lane] = sum;`;

/** WGSL: the first lane adds the lanes' sums. */
const SLOPE_OF_STRIDE = `
      workgroupBarrier();
      if (lane == 0) {
        var total = 0.0;
        for (var other = 0; other < ${LANES}; other++) { total += lanes[other]; }
        result[axis] = gradientOfStride(axis, total);
      }`;

/**
 * One pass with a workgroup per axis. Its 64 lanes share the matrix entries, and keep one partial
 * sum each in workgroup memory.
 */
export const diffStrideMatricesGradientOnWebGpu = diffStrideMatricesGradientKernel.on(
  (backend: WebGpuBackend, { strides, upstream }, attributes) => {
    const pass = program({
      name: 'diff-stride-gradient',
      inputs: ['strides', 'table', 'upstream'],
      outputShape: [2],
      uniforms: UNIFORMS,
      workgroups: 2,
      threads: LANES,
      declarations: `${DECLARATIONS}${GRADIENT_OF_STRIDE}\nvar<workgroup> lanes : array<f32, ${LANES}>;`,
      body: SLOPE_OF_LANE + SLOPE_OF_STRIDE,
    });
    return runProgram(
      backend,
      pass,
      [strides, tableOf(backend, attributes), upstream],
      'float32',
      uniformsOf(attributes, strides),
    );
  },
);

/** The pooling with given matrices is that of the kernel Resample: two tiled products. */
export const diffStrideOnWebGpu = diffStrideKernel.on(
  (backend: WebGpuBackend, { x, matrices }, attributes) =>
    resampled(backend, x, { matrices: matrices! }, denseForm(attributes)),
);
