import type { Tensor } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/**
 * Copies the values of a float32 tensor into an array, and returns no tensor. `dataSync` makes an
 * array each time; collecting those costs more than the copy.
 */
export const copyIntoKernel = new Kernel<{ x: Tensor }, { target: Float32Array }, []>('CopyInto');

/** A float32 tensor with the values of an array. It does not keep the array. */
export const copyFromKernel = new Kernel<
  Record<string, never>,
  { source: Float32Array; shape: number[] },
  Tensor
>('CopyFrom');
