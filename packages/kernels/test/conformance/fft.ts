import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { inverseRealFft2dKernel, realFft2dKernel } from '../../src/fft/contract.js';
import { describeImplementations, type Implementation } from './implementation.js';

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

/** Without kernels, `@ds/fft` computes the transforms by its plans, and tests them. */
export function fftTests(implementations: Implementation[]): void {
  const kernels = implementations.filter(({ isKernel }) => isKernel);
  describeImplementations([realFft2dKernel, inverseRealFft2dKernel], kernels, () => {
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
  });
}
