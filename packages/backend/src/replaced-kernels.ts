import {
  getKernel,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** One kernel for a backend. `make` gets tfjs's own, where there is one, for the cases in which that is the better choice. */
export interface BackendKernel {
  kernelName: string;
  make(original: KernelFunc | undefined): KernelFunc;
}

/** Registers kernels on a backend; which of them it had none of, and which took the place of tfjs's. */
export function registerKernels(
  backendName: string,
  kernels: BackendKernel[],
): { added: string[]; replaced: string[] } {
  const result: { added: string[]; replaced: string[] } = { added: [], replaced: [] };
  for (const { kernelName, make } of kernels) {
    const original = getKernel(kernelName, backendName);
    if (original) unregisterKernel(kernelName, backendName);
    (original ? result.replaced : result.added).push(kernelName);
    registerKernel({
      ...original,
      kernelName,
      backendName,
      kernelFunc: make(original?.kernelFunc),
    });
  }
  return result;
}
