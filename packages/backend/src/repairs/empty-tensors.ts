import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  Cumprod,
  Cumsum,
  type KernelBackend,
  Select,
  type TensorInfo,
  Transpose,
  type TransposeAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

/** Makes empty results without tfjs's loops. */
export const emptyTensors: Repair = {
  name: 'Transpose, Cumsum, Cumprod and Select of empty tensors',
  wrong:
    'divides by zero on wasm for an empty tensor of rank 4 or more; where an operand of `where` is ' +
    'empty, returns values, or writes beyond the result on wasm',
  backends: OWN_KERNELS,
  changes: [
    ...kernelsOn(['wasm'], [Transpose, Cumsum, Cumprod]),
    ...kernelsOn(OWN_KERNELS, [Select]),
  ],
  install: (backend) => {
    registerKernels(backend, [selecting]);
    if (backend !== 'wasm') return;
    registerKernels('wasm', [transposing, ...[Cumsum, Cumprod].map(accumulating)]);
  },
};

const transposing: BackendKernel<{ x: TensorInfo }, TransposeAttrs> = {
  kernelName: Transpose,
  isWrapper: true,
  make: (original) => (args) => {
    const { x } = args.inputs;
    if (!x.shape.includes(0)) return original!(args);
    const shape = args.attrs.perm.map((axis) => x.shape[axis]!);
    return empty(args.backend as KernelBackend, shape, x.dtype);
  },
};

/** tfjs's kernel moves the axis to the end, without a call of the kernel above. */
function accumulating(kernelName: string): BackendKernel<{ x: TensorInfo }, unknown> {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { shape, dtype } = args.inputs.x;
      const isEmpty = shape.includes(0);
      return isEmpty ? empty(args.backend as KernelBackend, shape, dtype) : original!(args);
    },
  };
}

const selecting: BackendKernel<Record<'condition' | 't' | 'e', TensorInfo>, unknown> = {
  kernelName: Select,
  isWrapper: true,
  make: (original) => (args) => {
    const { condition, t, e } = args.inputs;
    // tfjs does not broadcast to an empty axis, so the others may not be empty.
    const one = [t, e, condition].find(({ shape }) => shape.includes(0));
    return one ? empty(args.backend as KernelBackend, one.shape, t.dtype) : original!(args);
  },
};

function empty(host: KernelBackend, shape: number[], dtype: TensorInfo['dtype']): TensorInfo {
  const none = util.makeZerosTypedArray(0, dtype as 'float32');
  return { dataId: host.write(none, shape, dtype), shape, dtype };
}
