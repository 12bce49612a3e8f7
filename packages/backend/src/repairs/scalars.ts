import type { BackendKernel } from '@ds/kernels/tfjs';
import { Cumprod, Cumsum, getKernel, Softmax, type TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

/** Ops along an axis, by their kernels. */
const OPS: Record<string, string> = {
  [Softmax]: 'softmax',
  [Cumsum]: 'cumsum',
  [Cumprod]: 'cumprod',
};

/** Refuses a scalar, which has no axis. */
export const scalars: Repair = {
  name: 'Softmax, Cumsum and Cumprod of a scalar',
  wrong: 'returns uninitialised memory, runs forever, or returns 0 for a scalar',
  backends: OWN_KERNELS,
  changes: kernelsOn(OWN_KERNELS, Object.keys(OPS)),
  install: (backend) => {
    const names = Object.keys(OPS).filter((name) => getKernel(name, backend));
    registerKernels(backend, names.map(refusingScalars));
  },
};

function refusingScalars(kernelName: string): BackendKernel<Record<string, TensorInfo>, unknown> {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const [x] = Object.values(args.inputs);
      if (x!.shape.length > 0) return original!(args);
      throw new Error(`${OPS[kernelName]}: the tensor must have an axis, got a scalar`);
    },
  };
}
