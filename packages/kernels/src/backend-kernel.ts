import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

/** A call of a kernel by tfjs. */
export interface KernelCall<Inputs, Attributes> {
  inputs: Inputs;
  attrs: Attributes;
  backend: object;
}

/** The function of a kernel with these inputs and attributes. */
export interface KernelFuncOf<Inputs, Attributes> {
  (call: KernelCall<Inputs, Attributes>): TensorInfo | TensorInfo[];
  /**
   * Every function has it. TypeScript is stricter about parameters that are plain functions, and
   * would not accept any other `BackendKernel` as one of the default type.
   */
  readonly length: number;
}

/**
 * A kernel to register with a backend. It replaces the backend's own kernel of that name, if any.
 *
 * tfjs passes inputs and attributes as untyped maps. The type parameters say what they hold, so an
 * implementation needs no casts. Every kernel is a `BackendKernel<never, never>`, the default.
 * Nothing can call such a kernel. Only the code that registers it casts it to tfjs's type.
 */
export interface BackendKernel<Inputs = never, Attributes = never> {
  kernelName: string;
  /** Whether it only wraps another kernel. It is not registered if there is no kernel to wrap. */
  isWrapper?: boolean;
  /**
   * Makes the kernel. `original` is the backend's own kernel, if it has one. The new kernel can
   * call it where it is correct or faster.
   */
  make(original: KernelFuncOf<Inputs, Attributes> | undefined): KernelFuncOf<Inputs, Attributes>;
}

/** A kernel that tfjs does not have, so it wraps none. */
export interface OwnKernel extends BackendKernel {
  make(): KernelFunc;
}
