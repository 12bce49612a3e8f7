import { Kernel } from '@ds/kernels';
import type { BackendKernel } from '@ds/kernels/tfjs';
import { Add, AddN, Cumprod, Cumsum, cast, Sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

const KERNELS = [Add, AddN, Sub, Cumsum, Cumprod];

/** Computes sums and differences, and cumulative sums and products, of booleans as integers. */
export const booleanArithmetic: Repair = {
  name: 'arithmetic of bool',
  wrong:
    'returns the sum of booleans as a bool, 2 on cpu and 1 on wasm; ' +
    'subtracts them in eight bits, so that logSoftmax and logSumExp are wrong or NaN; ' +
    'refuses cumulative sums of them on wasm, and returns 2 as a bool on WebGPU',
  backends: OWN_KERNELS,
  changes: kernelsOn(OWN_KERNELS, KERNELS),
  install: (backend) => registerKernels(backend, KERNELS.map(asIntegers)),
};

function asIntegers(kernelName: string): BackendKernel<Record<string, Tensor>, object> {
  const kernel = new Kernel<Record<string, Tensor>, object, Tensor>(kernelName);
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (call) => {
      const { inputs, attrs } = call;
      if (Object.values(inputs).some(({ dtype }) => dtype !== 'bool')) return original!(call);
      return tidy(() => {
        // The inputs of AddN are a list.
        const integers = Object.assign(Array.isArray(inputs) ? [] : {}, inputs);
        for (const name in inputs) integers[name] = cast(inputs[name]!, 'int32');
        return kernel.run(integers, attrs);
      });
    },
  };
}
