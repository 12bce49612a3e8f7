import { Kernel } from '@ds/kernels';
import type { BackendKernel, Padding, PoolAttrs } from '@ds/kernels/tfjs';
import {
  AvgPool,
  AvgPool3D,
  getBackend,
  getKernel,
  MaxPool,
  MaxPool3D,
  reshape,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { type GradFuncOf, replaceGradient } from '../replacements/gradients.js';
import { registerKernels } from '../replacements/kernels.js';
import { averageGradient } from './average-pool-gradient.js';
import { maxGradient } from './max-pool-gradient.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

/**
 * Pools the rows and columns of each slice, and then along the depth. Both poolings are separable.
 */
export const pool3d: Repair = {
  name: 'AvgPool3D, MaxPool3D, and their gradients',
  wrong:
    "shifts windows of 'same' if strides exceed the filter; " +
    'divides by the whole window at borders; ' +
    'returns 10⁻³⁸ for a maximum below zero on wasm, and −10²⁰ for a smaller one on WebGPU; ' +
    'goes to the last of equal values',
  backends: OWN_KERNELS,
  changes: [
    ...kernelsOn(OWN_KERNELS, ['AvgPool3D', 'MaxPool3D']),
    'gradient AvgPool3D',
    'gradient MaxPool3D',
  ],
  install: (backend) => {
    const kernels = [pooling(AvgPool3D, AvgPool), pooling(MaxPool3D, MaxPool)];
    registerKernels(
      backend,
      kernels.filter(({ kernelName }) => getKernel(kernelName, backend)),
    );
    for (const [name, kernel] of [
      [AvgPool3D, AvgPool],
      [MaxPool3D, MaxPool],
    ] as const) {
      replaceGradient<Pool3dAttrs>(name, ({ gradFunc }) => (dy, saved, attrs) => {
        if (getBackend() === 'tensorflow') return gradFunc(dy, saved, attrs);
        return gradient(kernel)(dy, saved, attrs);
      });
    }
  },
};

interface Pool3dAttrs extends Omit<PoolAttrs, 'filterSize' | 'strides' | 'pad'> {
  filterSize: number | [number, number, number];
  strides: number | [number, number, number];
  pad: Exclude<Padding, object>;
}

/**
 * Returns the pooling within slices, and the pooling along the depth. The second merges rows and
 * columns into one axis.
 */
function halves({
  filterSize,
  strides,
  pad,
  dimRoundingMode,
}: Pool3dAttrs): [PoolAttrs, PoolAttrs] {
  const [depth, ...filter] = triple(filterSize);
  const [pace, ...steps] = triple(strides);
  const alongDepth: Padding =
    typeof pad === 'number'
      ? [
          [0, 0],
          [pad, pad],
          [0, 0],
          [0, 0],
        ]
      : pad;
  return [
    { filterSize: filter, strides: steps, pad, dimRoundingMode },
    { filterSize: [depth, 1], strides: [pace, 1], pad: alongDepth, dimRoundingMode },
  ];
}

function triple(value: number | [number, number, number]): [number, number, number] {
  return typeof value === 'number' ? [value, value, value] : value;
}

const run = (kernel: string, x: Tensor, attrs: PoolAttrs) =>
  new Kernel<{ x: Tensor }, PoolAttrs, Tensor>(kernel).run({ x }, attrs);

/** Runs both poolings: [N·D, H, W, C] → [N·D, h, w, C], then [N, D, h·w, C] → [N, d, h·w, C]. */
function pooled(x: Tensor, kernel: string, attrs: Pool3dAttrs) {
  const [batch, depth, height, width, channels] = x.shape as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [within, across] = halves(attrs);
  const slices = reshape(x, [batch * depth, height, width, channels]);
  const small = run(kernel, slices, within);
  const [, rows, columns] = small.shape as [number, number, number, number];
  const lines = reshape(small, [batch, depth, rows * columns, channels]);
  const y = run(kernel, lines, across);
  const shape = [batch, y.shape[1]!, rows, columns, channels];
  return { within, across, slices, small, lines, y, shape };
}

function pooling(kernelName: string, kernel: string): BackendKernel<{ x: Tensor }, Pool3dAttrs> {
  return {
    kernelName,
    make:
      () =>
      ({ inputs, attrs }) =>
        tidy(() => {
          const { y, shape } = pooled(inputs.x, kernel, attrs);
          return reshape(y, shape);
        }),
  };
}

function gradient(kernel: string): GradFuncOf<Pool3dAttrs> {
  return (upstream, saved, attrs) => {
    const [x] = saved as [Tensor];
    const slope = (dy: Tensor, input: Tensor, output: Tensor, half: PoolAttrs) =>
      kernel === AvgPool ? averageGradient(dy, input, half) : maxGradient(dy, input, output, half);
    return {
      x: () => {
        const parts = pooled(x, kernel, attrs);
        const { within, across, slices, small, lines, y } = parts;
        const dLines = slope(reshape(upstream as Tensor, y.shape), lines, y, across);
        return reshape(slope(reshape(dLines, small.shape), slices, small, within), x.shape);
      },
    };
  };
}
