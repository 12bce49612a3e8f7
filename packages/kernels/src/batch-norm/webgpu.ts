import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, program, runProgram } from '../webgpu/program.js';
import { floats, integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { batchNormTrainingGradientKernel, batchNormTrainingKernel } from './contract.js';

/** Invocations in a pass that sums over rows. They fill a large GPU. */
const INVOCATIONS = 65_536;
/** Invocations of a workgroup. */
const LANES = 64;

/** The split of the rows of a `[rows, channels]` tensor into slices, one per invocation. */
interface Split {
  rows: number;
  channels: number;
  slices: number;
  /** Rows of a slice. The last slice may have fewer. */
  height: number;
}

function splitOf({ shape }: TensorInfo): Split {
  const channels = shape.at(-1)!;
  const rows = shape.reduce((product, side) => product * side, 1) / channels;
  const wanted = Math.max(1, Math.min(Math.floor(INVOCATIONS / channels), Math.ceil(rows / 8)));
  const height = Math.ceil(rows / wanted);
  return { rows, channels, slices: Math.ceil(rows / height), height };
}

const SPLIT = 'rows : i32, channels : i32, slices : i32, height : i32,';
const uniformsOf = ({ rows, channels, slices, height }: Split) =>
  [rows, channels, slices, height].map((value) => integers(value));

/**
 * WGSL: the origin of a channel. Its values are measured from there. It is the value in the first
 * row, or 0 if that is not finite. The test reads the bits, since a compiler may assume that no
 * value is ±∞ or NaN.
 */
const ORIGIN = `
      fn isEndless(x : f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u; }
      fn originOf(c : i32) -> f32 { return select(x_at(c), 0.0, isEndless(x_at(c))); }`;

/** WGSL: the slice of an invocation, and the two sums that it computes. */
const SLICE = `
      let c = index % uniforms.channels;
      let slice = index / uniforms.channels;
      if (slice >= uniforms.slices) { return; }
      let start = slice * uniforms.height;
      let end = min(start + uniforms.height, uniforms.rows);
      var first = 0.0;
      var second = 0.0;`;

/** WGSL: writes both sums of a slice. */
const WRITE_SLICE = `
      result[index] = first;
      result[uniforms.slices * uniforms.channels + index] = second;`;

/**
 * A pass over the rows, without workgroup memory. Each invocation computes `first` and `second` for
 * one slice of one channel, by the WGSL `body`. The result is `[2, slices, channels]`.
 */
function slicePass(name: string, inputs: string[], { channels, slices }: Split, body: string) {
  return program({
    name,
    inputs,
    halves: ['x'],
    outputShape: [2, slices, channels],
    uniforms: SPLIT,
    workgroups: Math.ceil((slices * channels) / LANES),
    threads: LANES,
    declarations: ORIGIN,
    body: SLICE + body + WRITE_SLICE,
  });
}

/** WGSL: a loop over the rows of a slice. `body` reads the row's value at position `at`. */
const overRows = (body: string) => `
      for (var row = start; row < end; row++) {
        let at = row * uniforms.channels + c;
        ${body}
      }`;

/** Rows that an invocation holds in registers. */
const GROUP = 8;

/**
 * WGSL: reads a group of rows, and computes its `mean` and the `squares` of the distances from it.
 */
const GROUP_STATISTICS = `
        let count = f32(min(${GROUP}, end - row));
        var values : array<f32, ${GROUP}>;
        var added = 0.0;
        for (var i = 0; i < ${GROUP}; i++) {
          if (row + i < end) {
            values[i] = x_at((row + i) * uniforms.channels + c) - origin;
            added += values[i];
          }
        }
        let mean = added / count;
        var squares = 0.0;
        for (var i = 0; i < ${GROUP}; i++) {
          if (row + i < end) { squares += (values[i] - mean) * (values[i] - mean); }
        }`;

/** WGSL: merges the statistics of a group with those of the rows before it. */
const MERGE_GROUP = `
        let step = mean - first;
        let share = count / (known + count);
        first += step * share;
        second += squares + step * step * known * share;
        sum += added;
        known += count;`;

/**
 * WGSL: the mean of a slice, measured from the channel's origin, and the sum of squared distances
 * from that mean. Each value is read once. If the plain sum is not finite, the mean is computed
 * from it, so that ∞ stays ∞.
 */
const SLICE_STATISTICS = `
      let origin = originOf(c);
      var sum = 0.0;
      var known = 0.0;
      for (var row = start; row < end; row += ${GROUP}) {
        ${GROUP_STATISTICS}
        ${MERGE_GROUP}
      }
      first = select(first, sum / known, isEndless(sum));`;

/** WGSL: each lane sums its share of the slices of a channel, into workgroup memory. */
const sumOfLane = (term: string) => `
      let c = min(group, uniforms.channels - 1);
      let lane = i32(localIndex);
      var total = vec2<f32>(0.0);
      for (var slice = lane; slice < uniforms.slices; slice += ${LANES}) {
        let at = slice * uniforms.channels + c;
        let one = sums[at];
        let other = sums[uniforms.slices * uniforms.channels + at];
        let share = f32(min(uniforms.height, uniforms.rows - slice * uniforms.height))
          / f32(uniforms.rows);
        total += ${term};
      }
      lanes[lane] = total;
      workgroupBarrier();`;

/** WGSL: the first lane adds the lanes' sums, and writes the result of the channel. */
const sumOfLanes = (value: string) => `
      if (lane == 0) {
        for (var other = 1; other < ${LANES}; other++) { total += lanes[other]; }
        let first = total.x;
        let second = total.y;
        result[c] = ${value};
      }`;

/**
 * A pass that adds two values of all slices of a channel: `[channels]`. A workgroup of 64 lanes
 * computes one channel, with one partial sum per lane in workgroup memory. The WGSL `value`
 * computes the result from the sums `first` and `second`.
 */
function finish(
  name: string,
  inputs: string[],
  split: Split,
  { value, term = 'vec2<f32>(one, other)', uniforms = '' }: Finish,
) {
  return program({
    name,
    inputs: ['sums', ...inputs],
    outputShape: [split.channels],
    uniforms: SPLIT + uniforms,
    workgroups: split.channels,
    threads: LANES,
    halves: inputs.filter((input) => input === 'x'),
    declarations: `${inputs.includes('x') ? ORIGIN : ''}
      var<workgroup> lanes : array<vec2<f32>, ${LANES}>;`,
    body: sumOfLane(term) + sumOfLanes(value),
  });
}

/** The WGSL of a pass of `finish`. */
interface Finish {
  value: string;
  /**
   * The terms that a slice adds to both sums, from its values `one` and `other` and its `share` of
   * the rows. By default `one` and `other`.
   */
  term?: string;
  /** Members of the form `name : type,`. */
  uniforms?: string;
}

/** WGSL: y = γ (x − mean)/√(variance + ε) + β. */
const NORMALISE = `
          let c = index % uniforms.channels;
          let scale = gamma[c] * inverseSqrt(variance[c] + uniforms.epsilon);
          result[index] = (x[index] - mean[c]) * scale + beta[c];`;

/** WGSL: dx = γ/σ (dy − (dβ + x̂ dγ)/n), with x̂ = (x − mean)/σ. */
const INPUT_GRADIENT = `
          let c = index % uniforms.channels;
          let inverse = inverseSqrt(variance[c] + uniforms.epsilon);
          let normal = (x_at(index) - mean[c]) * inverse;
          let shared_part = (dbeta[c] + normal * dgamma[c]) / f32(uniforms.rows);
          result[index] = gamma[c] * inverse * (dy[index] - shared_part);`;

/**
 * Four passes: statistics of each slice, the mean, the variance, and y. The statistics of slices
 * are merged (Chan, Golub and LeVeque 1979). Neither a large mean nor one distant row costs digits.
 * In the last pass each invocation computes one value of y.
 */
export const batchNormTrainingOnWebGpu = batchNormTrainingKernel.on(
  (gpu: WebGpuBackend, { x, gamma, beta }, { epsilon }) => {
    const split = splitOf(x);
    const sizes = uniformsOf(split);
    const sums = runProgram(
      gpu,
      slicePass('batch-norm-slices', ['x'], split, SLICE_STATISTICS),
      [x],
      'float32',
      sizes,
    );
    const mean = runProgram(
      gpu,
      finish('batch-norm-mean', ['x'], split, {
        term: 'vec2<f32>(share * one, 0.0)',
        value: 'originOf(c) + first',
      }),
      [sums, x],
      'float32',
      sizes,
    );
    const apart = 'one - (mean[c] - originOf(c))';
    const variance = runProgram(
      gpu,
      finish('batch-norm-variance', ['x', 'mean'], split, {
        // The second sum is the rounding error of the mean.
        term: `vec2<f32>(
          share * (${apart}) * (${apart}) + other / f32(uniforms.rows), share * (${apart}))`,
        value: 'select(first - second * second, 0.0, first < second * second)',
      }),
      [sums, x, mean],
      'float32',
      sizes,
    );
    gpu.disposeData(sums.dataId);
    const normalise = elementwise({
      name: 'batch-norm',
      inputs: ['x', 'mean', 'variance', 'gamma', 'beta'],
      outputShape: x.shape,
      uniforms: 'channels : i32, epsilon : f32,',
      body: NORMALISE,
    });
    const y = runProgram(gpu, normalise, [x, mean, variance, gamma, beta], 'float32', [
      integers(split.channels),
      floats(epsilon),
    ]);
    return [y, mean, variance];
  },
);

/**
 * Four passes: sums of each slice, dβ, dγ, and dx. In the last pass each invocation computes one
 * value of dx.
 */
export const batchNormTrainingGradientOnWebGpu = batchNormTrainingGradientKernel.on(
  (gpu: WebGpuBackend, { dy, x, mean, variance, gamma }, { epsilon }) => {
    const split = splitOf(x);
    const sizes = uniformsOf(split);
    const sums = runProgram(
      gpu,
      slicePass(
        'batch-norm-grad-sums',
        ['dy', 'x', 'mean'],
        split,
        overRows('first += dy[at]; second += dy[at] * (x_at(at) - mean[c]);'),
      ),
      [dy, x, mean],
      'float32',
      sizes,
    );
    const dbeta = runProgram(
      gpu,
      finish('batch-norm-dbeta', [], split, { value: 'first' }),
      [sums],
      'float32',
      sizes,
    );
    const dgamma = runProgram(
      gpu,
      finish('batch-norm-dgamma', ['variance'], split, {
        value: 'second * inverseSqrt(variance[c] + uniforms.epsilon)',
        uniforms: 'epsilon : f32,',
      }),
      [sums, variance],
      'float32',
      [...sizes, floats(epsilon)],
    );
    gpu.disposeData(sums.dataId);
    const back = elementwise({
      name: 'batch-norm-grad',
      inputs: ['dy', 'x', 'mean', 'variance', 'gamma', 'dgamma', 'dbeta'],
      halves: ['x'],
      outputShape: x.shape,
      uniforms: 'rows : i32, channels : i32, epsilon : f32,',
      body: INPUT_GRADIENT,
    });
    const dx = runProgram(gpu, back, [dy, x, mean, variance, gamma, dgamma, dbeta], 'float32', [
      integers(split.rows),
      integers(split.channels),
      floats(epsilon),
    ]);
    return [dx, dgamma, dbeta];
  },
);
