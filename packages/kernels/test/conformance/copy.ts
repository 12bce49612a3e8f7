import { leakedTensors, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { copyFromKernel, copyIntoKernel } from '../../src/copy/contract.js';
import { copyFrom, copyInto } from '../../src/copy/copy.js';
import { describeImplementations, type Implementation } from './implementation.js';

export function copyTests(implementations: Implementation[]): void {
  describeImplementations([copyIntoKernel, copyFromKernel], implementations, () => {
    it('copies values to shared memory and back, and keeps no reference to either', () => {
      const x = unitTensor(1, [3, 5]);
      const shared = new Float32Array(new SharedArrayBuffer(4 * 20));
      const target = shared.subarray(2, 17);
      expect(leakedTensors(() => copyInto(x, target))).toBe(0);
      expect([...shared]).toEqual([0, 0, ...x.dataSync(), 0, 0, 0]);
      const back = copyFrom(target, [5, 3]);
      shared.fill(7);
      expect(back.shape).toEqual([5, 3]);
      expect([...back.dataSync()]).toEqual([...x.dataSync()]);
      tf.dispose([x, back]);
    });
  });
}
