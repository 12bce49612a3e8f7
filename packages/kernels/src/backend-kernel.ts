import type { KernelFunc } from '@tensorflow/tfjs-core';

/** A kernel for a backend, in place of its own kernel of that name or beside it. */
export interface BackendKernel {
  kernelName: string;
  /** Whether it only wraps another kernel. If there is none to wrap, it is not registered. */
  isWrapper?: boolean;
  /**
   * Makes the kernel. It gets the backend's own kernel, if there is one, to call it in cases where
   * that is right or faster.
   */
  make(original: KernelFunc | undefined): KernelFunc;
}
