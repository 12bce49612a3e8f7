import type { BackendKernel, PoolAttrs } from '@ds/kernels/tfjs';
import { type KernelBackend, MaxPool, type TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import type { Repair } from './repair.js';

/**
 * Starts the maximum at a pixel of the window, so that it may have any magnitude. On cpu, NaN
 * counts as the largest, as in the kernel of wasm and in the gradient.
 */
export const maxPool: Repair = {
  name: 'MaxPool',
  wrong: 'starts at −10²⁰ on WebGPU, and so returns no smaller value; skips NaN on cpu',
  backends: ['cpu', 'webgpu'],
  changes: ['kernel cpu/MaxPool', 'kernel webgpu/MaxPool'],
  install: async (backend) => {
    if (backend === 'cpu') registerKernels('cpu', [keepingNaN]);
    else {
      const { maxPoolOnWebGpu } = await import('@ds/kernels/webgpu');
      registerKernels('webgpu', [maxPoolOnWebGpu]);
    }
  },
};

const keepingNaN: BackendKernel<{ x: TensorInfo }, PoolAttrs> = {
  kernelName: MaxPool,
  isWrapper: true,
  make: (original) => (args) => {
    const host = args.backend as KernelBackend;
    const { x } = args.inputs;
    const y = original!(args) as TensorInfo;
    const pixels = host.readSync(x.dataId) as Float32Array;
    if (!pixels.some(Number.isNaN)) return y;
    const marks = Float32Array.from(pixels, (pixel) => (Number.isNaN(pixel) ? 1 : 0));
    const marked = { dataId: host.write(marks, x.shape, 'float32'), shape: x.shape };
    const most = original!({ ...args, inputs: { x: { ...marked, dtype: 'float32' } } });
    const isNaNAt = host.readSync((most as TensorInfo).dataId) as Float32Array;
    const maxima = host.readSync(y.dataId) as Float32Array;
    const values = maxima.map((value, i) => (isNaNAt[i] === 1 ? Number.NaN : value));
    for (const { dataId } of [marked, most as TensorInfo, y]) host.disposeData(dataId);
    return { ...y, dataId: host.write(values, y.shape, y.dtype) };
  },
};
