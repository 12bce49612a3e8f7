import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, program, runProgram } from '../webgpu/program.js';
import { floats, integers } from '../webgpu/uniform.js';
import type { ProgramUniform, WebGpuBackend } from '../webgpu/webgpu-backend.js';
import {
  type DiffStrideAttributes,
  diffStrideMatricesGradientKernel,
  diffStrideMatricesKernel,
} from './contract.js';
import { axisFactor } from './masked-axis.js';

/** Invocations of the workgroup that sums a gradient. */
const LANES = 64;
/** Tables kept on a device. Each pair of image size and result size has a table. */
const TABLES = 64;
/** Values per frequency in the table: source, target, distance, factor. */
const ENTRY = 4;

const tables = new WeakMap<WebGpuBackend, Map<string, TensorInfo>>();

/**
 * Returns the table of a pooling. It holds the cosines and sines of the roots of unity of four
 * sizes: result rows, image rows, result columns, image columns. The kept frequencies follow, each
 * with its factor. The host computes the table, since a GPU's sines have few correct digits.
 */
function tableOf(
  backend: WebGpuBackend,
  { rows, columns, norm }: DiffStrideAttributes,
): TensorInfo {
  const mine = tables.get(backend) ?? new Map<string, TensorInfo>();
  tables.set(backend, mine);
  const key = JSON.stringify([rows, columns, norm]);
  const known = mine.get(key);
  if (known) {
    mine.delete(key);
    mine.set(key, known);
    return known;
  }
  const values: number[] = [];
  for (const size of [rows.outputSize, rows.inputSize, columns.outputSize, columns.inputSize]) {
    const angles = Array.from({ length: size }, (_, j) => (2 * Math.PI * j) / size);
    values.push(...angles.map(Math.cos), ...angles.map(Math.sin));
  }
  for (const { source, target, distance } of rows.frequencies) {
    values.push(source, target, distance, axisFactor(rows, norm));
  }
  for (const { source, target, distance } of columns.frequencies) {
    // The half-spectrum holds one of a bin and its mirror image. Both contribute to the signal.
    const weight = target === 0 || 2 * target === columns.outputSize ? 1 : 2;
    values.push(source, target, distance, weight * axisFactor(columns, norm));
  }
  const table = backend.makeTensorInfo([values.length], 'float32', Float32Array.from(values));
  mine.set(key, table);
  if (mine.size > TABLES) {
    const [oldest, { dataId }] = mine.entries().next().value!;
    mine.delete(oldest);
    backend.disposeData(dataId);
  }
  return table;
}

/**
 * Uniforms of both programs. `axes` and `axes2` hold, for each axis: the size of the result, the
 * size of the image, the number of frequencies, and their start in the table.
 */
const UNIFORMS =
  'axes : vec4<i32>, axes2 : vec4<i32>, shared_stride : i32, smoothness : f32, ' +
  'minimum : vec2<f32>, limits : vec2<f32>,';

/** Returns the values of `UNIFORMS`. */
function uniformsOf(
  { rows, columns, smoothness, minimum, lowerLimit, upperLimit }: DiffStrideAttributes,
  strides: TensorInfo,
): ProgramUniform[] {
  const [h, H, w, W] = [rows.outputSize, rows.inputSize, columns.outputSize, columns.inputSize];
  const start = 2 * (h + H + w + W);
  return [
    integers(h, H, rows.frequencies.length, start),
    integers(w, W, columns.frequencies.length, start + ENTRY * rows.frequencies.length),
    integers(strides.shape[0] === 1 ? 1 : 0),
    // A GPU may flush smaller values to 0, and 0 means a hard crop.
    floats(smoothness === 0 ? 0 : Math.max(smoothness, 2 ** -126)),
    floats(...minimum),
    floats(lowerLimit, Math.min(upperLimit, 3.4e38)),
  ];
}

/**
 * WGSL: the stride of an axis, first `raised` to the smallest stride that fits the kept band, then
 * clamped to the limits (`effective`).
 */
const STRIDE_OF_AXIS = `
  fn raised(axis : i32) -> f32 {
    let given = strides[select(axis, 0, uniforms.shared_stride == 1)];
    return max(given, uniforms.minimum[axis]);
  }
  fn effective(axis : i32) -> f32 {
    return clamp(raised(axis), uniforms.limits.x, uniforms.limits.y);
  }`;

/** WGSL: the uniform of an axis, see `UNIFORMS`. */
const SIZES_OF_AXIS = `
  fn sizes(axis : i32) -> vec4<i32> {
    if (axis == 0) { return uniforms.axes; }
    return uniforms.axes2;
  }`;

/**
 * WGSL: the mask before clipping, 1 + (a − d)/R. The form (R + a − d)/R would lose digits to
 * cancellation. For a hard crop it is 2 where the mask is 1, and −1 where the mask is 0.
 */
const RAMP = `
  fn ramp(axis : i32, distance : f32) -> f32 {
    let across = max(f32(sizes(axis).y) / effective(axis), 2.0) / 2.0 + f32(axis);
    if (uniforms.smoothness == 0.0) { return select(-1.0, 2.0, distance < across); }
    return 1.0 + (across - distance) / uniforms.smoothness;
  }`;

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
const DECLARATIONS = STRIDE_OF_AXIS + SIZES_OF_AXIS + RAMP + WAVE;

/**
 * WGSL: finds the matrix entry of an invocation. `axis` is 0 for rows; `i` and `p` are the row and
 * the column of the entry. It also tells whether the entry belongs to a skew matrix.
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

/**
 * WGSL: the first lane adds the lanes' sums, and multiplies by ∂m/∂S = −(N/S²)/(2R). The
 * result is 0 if S is at a limit.
 */
const SLOPE_OF_STRIDE = `
      workgroupBarrier();
      if (lane == 0) {
        var total = 0.0;
        for (var other = 0; other < ${LANES}; other++) { total += lanes[other]; }
        let stride = effective(axis);
        let ratio = f32(size.y) / stride;
        let before = raised(axis);
        let isCut = ratio < 2.0 || before < uniforms.limits.x || before > uniforms.limits.y
          || uniforms.smoothness == 0.0;
        result[axis] = select(-total / uniforms.smoothness * ratio / stride / 2.0, 0.0, isCut);
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
      declarations: `${DECLARATIONS}\nvar<workgroup> lanes : array<f32, ${LANES}>;`,
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
