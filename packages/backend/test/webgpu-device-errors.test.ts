import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { refusedByDevice } from './refused-by-device.js';

describe.skipIf(lacksWebGpu)('what a device refuses', () => {
  beforeAll(async () => {
    await useBackend('webgpu');
    tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  const message = /^webgpu: the device refused a computation/;

  it('is an error of the next read, and of every read of that tensor', () => {
    const y = refusedByDevice();
    expect(() => y.dataSync()).toThrow(message);
    expect(() => y.dataSync()).toThrow(message);
    const x = tf.add(tf.ones([3]), 1);
    expect([...x.dataSync()]).toEqual([2, 2, 2]);
    tf.dispose([x, y]);
  });

  it('is one where the read is asynchronous', async () => {
    const y = refusedByDevice();
    await expect(y.data()).rejects.toThrow(message);
    await expect(y.data()).rejects.toThrow(message);
    y.dispose();
  });
});
