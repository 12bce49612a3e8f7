import { leakedTensors } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { realFft2dKernel } from '../../src/fft/contract.js';
import { linkKernels, SIMD_KERNELS, type WasmBackend } from '../../src/wasm.js';

beforeAll(async () => {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  expect(await linkKernels(tf.backend())).toBeNull();
  for (const { kernelName, make } of SIMD_KERNELS) {
    if (kernelName !== realFft2dKernel.name) continue;
    const kernelFunc = make(undefined) as tf.KernelFunc;
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  }
});

describe('the plans of RealFft2d on wasm', () => {
  it('are freed when they are no longer used, and no tensor leaks', () => {
    const memory = (tf.backend() as WasmBackend).wasm.asm!.memory!;
    // 40 sizes of about 1 MB. The cache holds fewer.
    const everySize = () => {
      for (let i = 0; i < 40; i++) {
        const x = tf.ones([100 + i, 512]);
        const { height, width } = { height: 100 + i, width: 512 };
        realFft2dKernel.run({ x }, { height, width, factor: 1 }).dispose();
        x.dispose();
      }
    };
    expect(leakedTensors(() => everySize())).toBe(0);
    const bytes = memory.buffer.byteLength;
    everySize();
    everySize();
    expect(memory.buffer.byteLength).toBe(bytes);
  });
});
