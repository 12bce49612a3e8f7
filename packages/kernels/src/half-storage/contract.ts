import type { Tensor } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/**
 * Keeps the values of a tensor in half precision from now on. The tensor stays what it was for
 * everything that computes with it. It returns no tensor.
 */
export const storeHalfKernel = new Kernel<{ x: Tensor }, Record<string, never>, []>('StoreHalf');
