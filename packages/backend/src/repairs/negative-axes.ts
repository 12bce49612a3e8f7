import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  Cumprod,
  Cumsum,
  type CumsumAttrs,
  getKernel,
  type Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

/** Counts a negative axis from the end. */
export const negativeAxes: Repair = {
  name: 'Cumsum and Cumprod along negative axes',
  wrong: 'returns a tensor without values, since it takes a negative axis as it is',
  backends: OWN_KERNELS,
  changes: [...kernelsOn(OWN_KERNELS, [Cumsum, Cumprod]), 'gradient Cumsum'],
  install: (backend) => {
    const names = [Cumsum, Cumprod].filter((name) => getKernel(name, backend));
    registerKernels(backend, names.map(fromTheStart));
    replaceGradient<CumsumAttrs>(Cumsum, ({ gradFunc }) => (dy, saved, attrs) => {
      const [x] = saved as [Tensor];
      return gradFunc(dy, saved, withAxis(x.shape, attrs));
    });
  },
};

function fromTheStart(kernelName: string): BackendKernel<{ x: TensorInfo }, CumsumAttrs> {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) =>
      original!({ ...args, attrs: withAxis(args.inputs.x.shape, args.attrs) }),
  };
}

function withAxis(shape: number[], attrs: CumsumAttrs): CumsumAttrs {
  return { ...attrs, axis: util.parseAxisParam(attrs.axis, shape)[0]! };
}
