import { Kernel } from '@ds/kernels';
import type { BackendKernel } from '@ds/kernels/tfjs';
import { Cumprod, Cumsum, cast, Sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

const KERNELS = [Sub, Cumsum, Cumprod];

/** Computes differences, and cumulative sums and products, of booleans as integers. */
export const booleanDifferences: Repair = {
  name: `${KERNELS.join(', ')} of bool`,
  wrong:
    'subtracts booleans in eight bits, so that logSoftmax and logSumExp are wrong or NaN; ' +
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
      const inputs = Object.entries(call.inputs);
      if (inputs.some(([, { dtype }]) => dtype !== 'bool')) return original!(call);
      return tidy(() =>
        kernel.run(
          Object.fromEntries(inputs.map(([name, x]) => [name, cast(x, 'int32')])),
          call.attrs,
        ),
      );
    },
  };
}
