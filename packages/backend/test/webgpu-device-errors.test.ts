import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { refusedByDevice } from './refused-by-device.js';

describe.skipIf(lacksWebGpu)('an error of the device', () => {
  beforeAll(async () => {
    await useBackend('webgpu');
    tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  const message = /^webgpu: the device refused a computation/;

  it('makes the next read throw, and every read of that tensor', () => {
    const y = refusedByDevice();
    expect(() => y.dataSync()).toThrow(message);
    expect(() => y.dataSync()).toThrow(message);
    const x = tf.add(tf.ones([3]), 1);
    expect([...x.dataSync()]).toEqual([2, 2, 2]);
    tf.dispose([x, y]);
  });

  it('makes an asynchronous read throw', async () => {
    const y = refusedByDevice();
    await expect(y.data()).rejects.toThrow(message);
    await expect(y.data()).rejects.toThrow(message);
    y.dispose();
  });
});
