import {
  fusedReluKernels,
  halfReadingMethods,
  halvesStored,
  WEBGPU_KERNELS,
  type WebGpuBackend,
} from '@ds/kernels/webgpu';
import { registerKernels } from '../replacements/kernels.js';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';

/** Registers the kernels with these names. */
export function registerPrograms(backend: string, names: readonly string[]): void {
  registerKernels(
    backend,
    WEBGPU_KERNELS.filter(({ kernelName }) => names.includes(kernelName)),
  );
}

/** Takes ReLU out of the registered fused kernels. It runs as a separate program. */
export const registerFusedRelu = (backend: string) => registerKernels(backend, fusedReluKernels);

/** Makes a backend compute with, read and free tensors in half precision. */
export function readHalves(backend: WebGpuBackend): void {
  const { runWebGPUProgram, readSync, read, disposeData } = halfReadingMethods(backend);
  replaceMethod(backend, 'runWebGPUProgram', runWebGPUProgram);
  replaceMethod(backend, 'readSync', readSync);
  replaceMethod(backend, 'read', read);
  replaceMethod(backend, 'disposeData', disposeData);
}

/** Reverts `readHalves`. Returns false while a tensor is in half precision. */
export function readNoHalves(backend: WebGpuBackend, change: string): boolean {
  if (halvesStored(backend) > 0) return false;
  takeBackMethods(backend, change);
  return true;
}

export { reportDeviceErrors } from './device-errors.js';
export { reportDeviceLoss } from './device-loss.js';
export { readAsTfjs, readSynchronously } from './read-sync.js';
