import {
  type KernelFunc,
  type NamedTensorInfoMap,
  Select,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replaced-kernels.js';
import type { Repair } from './repair.js';

/** Selects value by value on flattened tensors, since axes do not matter. */
export const select: Repair = {
  name: 'Select',
  wrong: 'refuses rank 5 and 6: where, and the gradients of clipByValue and pow',
  backends: ['webgpu'],
  changes: ['kernel webgpu/Select'],
  install: () => {
    const make = (original: KernelFunc | undefined): KernelFunc => {
      return (args) => {
        const { condition, t, e } = args.inputs as Record<'condition' | 't' | 'e', TensorInfo>;
        if (!util.arraysEqual(condition.shape, t.shape)) return original!(args);
        const flat = (one: TensorInfo) => ({ ...one, shape: [util.sizeFromShape(one.shape)] });
        const inputs = { condition: flat(condition), t: flat(t), e: flat(e) };
        const y = original!({ ...args, inputs: inputs as NamedTensorInfoMap }) as TensorInfo;
        return { ...y, shape: t.shape };
      };
    };
    registerKernels('webgpu', [{ kernelName: Select, make }]);
  },
};
