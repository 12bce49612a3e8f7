import { leakedTensors, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

beforeAll(() => useBackend('wasm'));

it('copies values into shared memory and back, and keeps neither', () => {
  const x = unitTensor(1, [3, 5]);
  const shared = new Float32Array(new SharedArrayBuffer(4 * 20));
  const target = shared.subarray(2, 17);
  const attrs = (more: object) => more as unknown as tf.NamedAttrMap;

  const leaked = leakedTensors(() => {
    expect(tf.engine().runKernel('CopyInto', { x }, attrs({ target }))).toEqual([]);
  });
  expect(leaked).toBe(0);
  expect([...shared]).toEqual([0, 0, ...x.dataSync(), 0, 0, 0]);
  const back = tf
    .engine()
    .runKernel('CopyFrom', {}, attrs({ source: target, shape: [5, 3] })) as tf.Tensor;
  shared.fill(7);
  expect(back.shape).toEqual([5, 3]);
  expect([...back.dataSync()]).toEqual([...x.dataSync()]);
  tf.dispose([x, back]);
});
