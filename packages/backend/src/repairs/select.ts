import type { BackendKernel } from '@ds/kernels/tfjs';
import { Select, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import type { Repair } from './repair.js';

/** Selects value by value on flattened tensors, since axes do not matter. */
export const select: Repair = {
  name: 'Select',
  wrong: 'refuses rank 5 and 6: where, and the gradients of clipByValue and pow',
  backends: ['webgpu'],
  changes: ['kernel webgpu/Select'],
  install: () => registerKernels('webgpu', [flattening]),
};

const flattening: BackendKernel<Record<'condition' | 't' | 'e', TensorInfo>, unknown> = {
  kernelName: Select,
  make: (original) => (args) => {
    const { condition, t, e } = args.inputs;
    if (!util.arraysEqual(condition.shape, t.shape)) return original!(args);
    const flat = (one: TensorInfo) => ({ ...one, shape: [util.sizeFromShape(one.shape)] });
    const inputs = { condition: flat(condition), t: flat(t), e: flat(e) };
    const y = original!({ ...args, inputs }) as TensorInfo;
    return { ...y, shape: t.shape };
  },
};
