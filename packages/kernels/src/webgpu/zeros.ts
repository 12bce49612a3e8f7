import { type DataType, Fill, getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGpuBackend } from './webgpu-backend.js';

/** Makes a tensor of zeros. It may have any size. */
export function zeros(backend: WebGpuBackend, shape: number[], dtype: DataType): TensorInfo {
  const fill = getKernel(Fill, 'webgpu')!.kernelFunc;
  return fill({ inputs: {}, attrs: { shape, value: 0, dtype }, backend }) as TensorInfo;
}
