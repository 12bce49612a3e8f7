import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { elementwise, program } from './program.js';
import { floats, integers } from './uniform.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** Invocations wanted in a pass that sums over rows: enough to fill a large GPU. */
const INVOCATIONS = 65_536;
/** Invocations that finish the sum of one channel. */
const LANES = 64;

/** How the rows of a `[rows, channels]` tensor are shared among invocations. */
interface Split {
  rows: number;
  channels: number;
  slices: number;
  /** Rows of a slice, the last one's perhaps fewer. */
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
 * Two sums over each slice's rows, `[2, slices, channels]`: `first` and `second` are WGSL for what a value `at` of a
 * channel `c`, `centered` by a number of the channel, adds.
 */
function partialSums(
  name: string,
  inputs: string[],
  split: Split,
  each: { center: string; first: string; second: string },
) {
  const { channels, slices } = split;
  return program({
    name,
    inputs,
    halves: ['x'],
    outputShape: [2, slices, channels],
    uniforms: SPLIT,
    workgroups: Math.ceil((slices * channels) / LANES),
    threads: LANES,
    body: `
      let c = index % uniforms.channels;
      let slice = index / uniforms.channels;
      if (slice >= uniforms.slices) { return; }
      let center = ${each.center};
      var first = 0.0;
      var second = 0.0;
      let end = min((slice + 1) * uniforms.height, uniforms.rows);
      for (var row = slice * uniforms.height; row < end; row++) {
        let at = row * uniforms.channels + c;
        let centered = x_at(at) - center;
        first += ${each.first};
        second += ${each.second};
      }
      result[index] = first;
      result[uniforms.slices * uniforms.channels + index] = second;`,
  });
}

/** The sums over all slices of a channel, and what `result` WGSL makes of `first` and `second`: `[channels]`. */
function finish(name: string, inputs: string[], split: Split, uniforms: string, value: string) {
  return program({
    name,
    inputs: ['sums', ...inputs],
    outputShape: [split.channels],
    uniforms: SPLIT + uniforms,
    workgroups: split.channels,
    threads: LANES,
    declarations: `var<workgroup> lanes : array<vec2<f32>, ${LANES}>;`,
    body: `
      let c = min(group, uniforms.channels - 1);
      let lane = i32(localIndex);
      var total = vec2<f32>(0.0);
      for (var slice = lane; slice < uniforms.slices; slice += ${LANES}) {
        let at = slice * uniforms.channels + c;
        total += vec2<f32>(sums[at], sums[uniforms.slices * uniforms.channels + at]);
      }
      lanes[lane] = total;
      workgroupBarrier();
      if (lane == 0) {
        for (var other = 1; other < ${LANES}; other++) { total += lanes[other]; }
        let first = total.x;
        let second = total.y;
        result[c] = ${value};
      }`,
  });
}

/**
 * Batch norm with the batch's own statistics: [y, mean, variance] from x, γ and β. Sums are of differences from the first row,
 * so that a mean far from 0 costs no digits.
 */
export const batchNormTrainingKernel: BackendKernel = {
  kernelName: 'BatchNormTraining',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x, gamma, beta } = inputs as Record<'x' | 'gamma' | 'beta', TensorInfo>;
      const { epsilon } = attrs as { epsilon: number };
      const gpu = backend as WebGpuBackend;
      const split = splitOf(x);
      const run = gpu.runWebGPUProgram.bind(gpu);
      const sizes = uniformsOf(split);
      const sums = run(
        partialSums('batch-norm-sums', ['x'], split, {
          center: 'x_at(c)',
          first: 'centered',
          second: 'centered * centered',
        }),
        [x],
        'float32',
        sizes,
      );
      const count = 'f32(uniforms.rows)';
      const mean = run(
        finish('batch-norm-mean', ['x'], split, '', `x[c] + first / ${count}`),
        [sums, x],
        'float32',
        sizes,
      );
      const square = `(first / ${count}) * (first / ${count})`;
      const variance = run(
        finish('batch-norm-variance', [], split, '', `max(0.0, second / ${count} - ${square})`),
        [sums],
        'float32',
        sizes,
      );
      gpu.disposeData(sums.dataId);
      const normalise = elementwise({
        name: 'batch-norm',
        inputs: ['x', 'mean', 'variance', 'gamma', 'beta'],
        outputShape: x.shape,
        uniforms: 'channels : i32, epsilon : f32,',
        body: `
          let c = index % uniforms.channels;
          let scale = gamma[c] * inverseSqrt(variance[c] + uniforms.epsilon);
          result[index] = (x[index] - mean[c]) * scale + beta[c];`,
      });
      const y = run(normalise, [x, mean, variance, gamma, beta], 'float32', [
        integers(split.channels),
        floats(epsilon),
      ]);
      return [y, mean, variance];
    },
};

/** Its gradients: [dx, dγ, dβ]. */
export const batchNormTrainingGradKernel: BackendKernel = {
  kernelName: 'BatchNormTrainingGrad',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, x, mean, variance, gamma } = inputs as Record<string, TensorInfo>;
      const { epsilon } = attrs as { epsilon: number };
      const gpu = backend as WebGpuBackend;
      const split = splitOf(x!);
      const run = gpu.runWebGPUProgram.bind(gpu);
      const sizes = uniformsOf(split);
      const sums = run(
        partialSums('batch-norm-grad-sums', ['dy', 'x', 'mean'], split, {
          center: 'mean[c]',
          first: 'dy[at]',
          second: 'dy[at] * centered',
        }),
        [dy!, x!, mean!],
        'float32',
        sizes,
      );
      const dbeta = run(
        finish('batch-norm-dbeta', [], split, '', 'first'),
        [sums],
        'float32',
        sizes,
      );
      const dgamma = run(
        finish(
          'batch-norm-dgamma',
          ['variance'],
          split,
          'epsilon : f32,',
          'second * inverseSqrt(variance[c] + uniforms.epsilon)',
        ),
        [sums, variance!],
        'float32',
        [...sizes, floats(epsilon)],
      );
      gpu.disposeData(sums.dataId);
      const back = elementwise({
        name: 'batch-norm-grad',
        inputs: ['dy', 'x', 'mean', 'variance', 'gamma', 'dgamma', 'dbeta'],
        halves: ['x'],
        outputShape: x!.shape,
        uniforms: 'rows : i32, channels : i32, epsilon : f32,',
        body: `
          let c = index % uniforms.channels;
          let inverse = inverseSqrt(variance[c] + uniforms.epsilon);
          let normal = (x_at(index) - mean[c]) * inverse;
          let shared_part = (dbeta[c] + normal * dgamma[c]) / f32(uniforms.rows);
          result[index] = gamma[c] * inverse * (dy[index] - shared_part);`,
      });
      const dx = run(back, [dy!, x!, mean!, variance!, gamma!, dgamma, dbeta], 'float32', [
        integers(split.rows),
        integers(split.channels),
        floats(epsilon),
      ]);
      return [dx, dgamma, dbeta];
    },
};
