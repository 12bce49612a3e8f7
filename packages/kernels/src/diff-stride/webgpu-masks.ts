import { SMALLEST_NORMAL } from '@ds/checks';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, integers } from '../webgpu/uniform.js';
import type { ProgramUniform, WebGpuBackend } from '../webgpu/webgpu-backend.js';
import type { DiffStrideAttributes } from './contract.js';
import { axisFactor } from './masked-axis.js';
import { columnBins, rowBins } from './ramp-bins.js';

/** Tables kept on a device. Each pair of image size and result size has a table. */
const TABLES = 64;
/** Values per frequency in the table: source, target, distance, factor. */
export const ENTRY = 4;
/** Values per bin in the table: k, then distance and factor of k and of −k. */
export const BIN = 5;

const tables = new WeakMap<WebGpuBackend, Map<string, TensorInfo>>();

/**
 * Returns the table of a pooling. It holds the cosines and sines of the roots of unity of four
 * sizes: result rows, image rows, result columns, image columns. The kept frequencies of rows and
 * columns follow, each with its factor, and then the bins of both by rising k. The host computes
 * the table, since a GPU's sines have few correct digits.
 */
export function tableOf(backend: WebGpuBackend, attributes: DiffStrideAttributes): TensorInfo {
  const { rows, columns, norm } = attributes;
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
    for (const angle of angles) values.push(Math.cos(angle));
    for (const angle of angles) values.push(Math.sin(angle));
  }
  for (const { source, target, distance } of rows.frequencies) {
    values.push(source, target, distance, axisFactor(rows, norm));
  }
  for (const { source, target, distance } of columns.frequencies) {
    // The half-spectrum holds one of a bin and its mirror image. Both contribute to the signal.
    const weight = target === 0 || 2 * target === columns.outputSize ? 1 : 2;
    values.push(source, target, distance, weight * axisFactor(columns, norm));
  }
  for (const { k, positive, negative } of [...rowBins(attributes), ...columnBins(attributes)]) {
    values.push(k, positive.distance, positive.weight, negative.distance, negative.weight);
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
 * Uniforms of every program. `axes` and `axes2` hold, for each axis: the size of the result, the
 * size of the image, the number of frequencies, and their start in the table.
 */
export const UNIFORMS =
  'axes : vec4<i32>, axes2 : vec4<i32>, shared_stride : i32, smoothness : f32, ' +
  'minimum : vec2<f32>, limits : vec2<f32>,';

/** Returns the values of {@link UNIFORMS}. */
export function uniformsOf(
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
    floats(smoothness === 0 ? 0 : Math.max(smoothness, SMALLEST_NORMAL)),
    floats(...minimum),
    floats(lowerLimit, Math.min(upperLimit, 3.4e38)),
  ];
}

/** Returns the number of bins and their start in the table, for rows and for columns. */
export function binsInTable(
  { rows, columns }: DiffStrideAttributes,
  [ofRows, ofColumns]: readonly [number, number],
): ProgramUniform {
  const roots = [rows, columns].flatMap((band) => [band.outputSize, band.inputSize]);
  const start =
    2 * roots.reduce((sum, size) => sum + size, 0) +
    ENTRY * (rows.frequencies.length + columns.frequencies.length);
  return integers(ofRows, start, ofColumns, start + BIN * ofRows);
}

/**
 * WGSL: the uniform of an axis, see {@link UNIFORMS}. The stride of an axis, first `raised` to the
 * smallest stride that fits the kept band, then clamped to the limits (`effective`).
 */
export const STRIDE_OF_AXIS = `
  fn sizes(axis : i32) -> vec4<i32> {
    if (axis == 0) { return uniforms.axes; }
    return uniforms.axes2;
  }
  fn raised(axis : i32) -> f32 {
    let given = strides[select(axis, 0, uniforms.shared_stride == 1)];
    return max(given, uniforms.minimum[axis]);
  }
  fn effective(axis : i32) -> f32 {
    return clamp(raised(axis), uniforms.limits.x, uniforms.limits.y);
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

/** WGSL: {@link STRIDE_OF_AXIS}, and the mask at a distance. */
export const MASK_OF_AXIS = STRIDE_OF_AXIS + RAMP;

/**
 * WGSL: the gradient of a stride from `total`, the sum over the frequencies on the ramp of upstream
 * · wave: multiplies by ∂m/∂S = −(N/S²)/(2R). The result is 0 if S is at a limit.
 */
export const GRADIENT_OF_STRIDE = `
  fn gradientOfStride(axis : i32, total : f32) -> f32 {
    let stride = effective(axis);
    let ratio = f32(sizes(axis).y) / stride;
    let before = raised(axis);
    let isCut = ratio < 2.0 || before < uniforms.limits.x || before > uniforms.limits.y
      || uniforms.smoothness == 0.0;
    return select(-total / uniforms.smoothness * ratio / stride / 2.0, 0.0, isCut);
  }`;
