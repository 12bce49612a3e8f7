import { BatchMatMul, type KernelFunc } from '@tensorflow/tfjs-core';
import { everyBatchProduct } from '../batch-product.js';
import { emptyReductionKernels } from '../empty-reductions.js';
import { fusedProductKernel } from '../fused-product.js';
import { completeProductGradient } from '../product-gradient.js';
import { type BackendKernel, registerKernels } from '../replaced-kernels.js';

const KERNELS: BackendKernel[] = [
  {
    kernelName: BatchMatMul,
    make: (original) => everyBatchProduct(original as KernelFunc),
  },
  fusedProductKernel,
  ...emptyReductionKernels,
];

let installed: { added: string[]; replaced: string[] } | null = null;

/** Registers what tfjs's cpu backend has wrong, once in a process. */
export function installCpuTraining(): { added: string[]; replaced: string[] } {
  if (installed) return installed;
  installed = registerKernels('cpu', KERNELS);
  completeProductGradient();
  return installed;
}
