import type { KernelFunc } from '@tensorflow/tfjs-core';

/**
 * A kernel to register with a backend. It replaces the backend's own kernel of that name, if any.
 */
export interface BackendKernel {
  kernelName: string;
  /** Whether it only wraps another kernel. It is not registered if there is no kernel to wrap. */
  isWrapper?: boolean;
  /**
   * Makes the kernel. `original` is the backend's own kernel, if it has one. The new kernel can
   * call it where it is correct or faster.
   */
  make(original: KernelFunc | undefined): KernelFunc;
}
