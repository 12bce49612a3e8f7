import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { inverseRealFft2dKernel, realFft2dKernel } from '../../src/fft/contract.js';
import { linkKernels, SIMD_KERNELS, type WasmBackend } from '../../src/wasm.js';

beforeAll(async () => {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  expect(await linkKernels(tf.backend())).toBeNull();
  for (const { kernelName, make } of SIMD_KERNELS) {
    if (![realFft2dKernel.name, inverseRealFft2dKernel.name].includes(kernelName)) continue;
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: make(undefined) });
  }
});

/** The definition, bin by bin: all real parts, then all imaginary parts. */
function definition(x: ArrayLike<number>, [count, h, w]: [number, number, number]): number[] {
  const parts = (part: (angle: number) => number) => {
    const values: number[] = [];
    for (let c = 0; c < count; c++)
      for (let k = 0; k < h; k++)
        for (let l = 0; 2 * l <= w; l++) {
          let sum = 0;
          for (let p = 0; p < h; p++)
            for (let q = 0; q < w; q++) {
              sum += x[(c * h + p) * w + q]! * part(2 * Math.PI * ((k * p) / h + (l * q) / w));
            }
          values.push(sum);
        }
    return values;
  };
  return [...parts(Math.cos), ...parts((angle) => -Math.sin(angle))];
}

const sizes: [number, number, number][] = [
  [1, 1, 1],
  [3, 1, 7],
  [2, 1, 16],
  [2, 5, 1],
  [2, 7, 6],
  [1, 8, 9],
  [3, 16, 17],
  [1, 12, 24],
  [1, 17, 20],
];

describe('RealFft2d and InverseRealFft2d on wasm', () => {
  it('are the definition times the factor, and inverses of each other', () => {
    for (const [count, height, width] of sizes) {
      tf.tidy(() => {
        const x = unitTensor(1, [count, height, width]);
        const bins = Math.floor(width / 2) + 1;
        const y = realFft2dKernel.run({ x }, { height, width, factor: 0.5 });
        expect(y.shape).toEqual([2, count, height, bins]);
        const want = definition(x.dataSync(), [count, height, width]).map((value) => value / 2);
        expect(relativeError(y.dataSync(), want), `${height} × ${width}`).toBeLessThan(1e-6);
        const factor = 2 / (height * width);
        const back = inverseRealFft2dKernel.run({ spectrum: y }, { height, width, factor });
        expect(back.shape).toEqual(x.shape);
        expect(relativeError(back.dataSync(), x.dataSync())).toBeLessThan(1e-6);
      });
    }
  });

  it('leak no tensors, and free the plans that they no longer use', () => {
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
