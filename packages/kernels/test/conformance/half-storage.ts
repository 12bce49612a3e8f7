import { leakedTensors, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { storeHalfKernel } from '../../src/half-storage/contract.js';
import { canStoreHalf, storeHalf } from '../../src/half-storage/half-storage.js';
import { describeImplementations, type Implementation } from './implementation.js';

/** Values of a tensor that is large enough to be stored in half precision. */
const SIZE = 4097;

export function halfStorageTests(implementations: Implementation[]): void {
  describeImplementations([storeHalfKernel], implementations, (backend, isKernel) => {
    it('says whether it is possible', () => expect(canStoreHalf()).toBe(isKernel));

    it.skipIf(isKernel)('refuses without a kernel, and leaves the tensor as it is', () => {
      const x = unitTensor(1, [SIZE]);
      const values = x.dataSync().slice();
      expect(() => storeHalf(x)).toThrow(`must have this kernel, got '${backend}'`);
      expect(x.dataSync()).toEqual(values);
      x.dispose();
    });

    it.runIf(isKernel)('keeps 11 bits of each value for other ops, and leaks nothing', () => {
      // A product, since a tensor on the host stays as it is.
      const made = () => tf.tidy(() => tf.mul(unitTensor(1, [SIZE]), 3));
      const exact = made();
      const x = made();
      storeHalf(x);
      const doubled = tf.mul(x, 2);
      const [want, got, twice] = [exact, x, doubled].map((one) => one.dataSync());
      expect(got).not.toEqual(want);
      expect(twice).toEqual(got!.map((value) => 2 * value));
      got!.forEach((value, i) => {
        // A conversion may round up or down, and below 2⁻¹⁴ the steps are 2⁻²⁴.
        const bound = Math.max(2 ** -10 * Math.abs(want![i]!), 2 ** -24);
        expect(Math.abs(value - want![i]!)).toBeLessThanOrEqual(bound);
      });
      tf.dispose([exact, x, doubled]);
      const stored = () => {
        const one = made();
        storeHalf(one);
        return one;
      };
      expect(leakedTensors(stored)).toBe(0);
    });
  });
}
