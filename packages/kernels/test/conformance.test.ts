import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { kernelModule, linkKernels, SIMD_KERNELS } from '../src/wasm.js';
import { conformanceTests } from './conformance/every-op.js';
import type { Implementation } from './conformance/implementation.js';

const isOurs = (names: string[]) => SIMD_KERNELS.filter((one) => names.includes(one.kernelName));

function setWideTiles(on: boolean): void {
  kernelModule(tf.backend())!.kernels.setWideTiles({ on });
}

/** tfjs without the kernels of this package. */
const composed = (backend: 'cpu' | 'wasm'): Implementation => ({
  backend,
  isKernel: false,
  has: () => false,
  start: async (names) => {
    await tf.setBackend(backend);
    for (const name of names) {
      if (tf.getKernel(name, backend)) tf.unregisterKernel(name, backend);
    }
  },
});

/** tfjs's wasm backend with the SIMD kernels linked into its memory. */
const simd: Implementation = {
  backend: 'wasm',
  isKernel: true,
  has: (names) => isOurs(names).length > 0,
  start: async (names) => {
    // Threads need shared memory, and the kernels cannot be linked into that.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    await tf.setBackend('wasm');
    const refusal = await linkKernels(tf.backend());
    if (refusal) throw new Error(refusal);
    setWideTiles(false);
    for (const { kernelName, make } of isOurs(names)) {
      if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
      const kernelFunc = make(undefined) as tf.KernelFunc;
      tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
    }
  },
};

/** The same in wide tiles. `wasm/wide-tile.test.ts` has the kernels that are not listed here. */
const wide: Implementation = {
  ...simd,
  form: ' in wide tiles',
  has: (names) => names.includes('DiffStride') && simd.has(names),
  start: async (names) => {
    await simd.start(names);
    setWideTiles(true);
  },
};

// `@ds/backend` provides WebGPU in Node, and runs the same tests on it.
const all = [composed('cpu'), composed('wasm'), simd, wide];
const wanted = process.env.DS_TEST_BACKENDS?.split(',');
conformanceTests(all.filter(({ backend }) => wanted?.includes(backend) ?? true));
