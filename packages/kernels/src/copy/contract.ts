import type { Tensor } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/**
 * Copies the values of a float32 tensor into an array. Returns no tensor. `dataSync` allocates an
 * array for each call, and garbage collection of these costs more than the copy.
 */
export const copyIntoKernel = /* @__PURE__ */ new Kernel<
  { x: Tensor },
  { target: Float32Array },
  []
>('CopyInto');

/** Makes a float32 tensor with the values of an array. It keeps no reference to the array. */
export const copyFromKernel = /* @__PURE__ */ new Kernel<
  Record<string, never>,
  { source: Float32Array; shape: number[] },
  Tensor
>('CopyFrom');
