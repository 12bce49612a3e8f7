import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('stridedSlice on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    if (backend === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  // float32 does not have these integers. tfjs gathers integers as floats on WebGPU.
  const LEAST = backend === 'webgpu' ? 0 : 2 ** 24;
  const cube = (dtype: 'float32' | 'int32') =>
    tf.tensor3d(
      Array.from({ length: 24 }, (_, i) => i + (dtype === 'int32' ? LEAST : 0)),
      [2, 3, 4],
      dtype,
    );

  it.each(['float32', 'int32'] as const)(
    'of %s takes single indices together with strides',
    (dtype) => {
      tf.tidy(() => {
        const first = dtype === 'int32' ? LEAST : 0;
        const expectValues = (y: tf.Tensor, shape: number[], values: number[]) => {
          expect([y.dtype, y.shape]).toEqual([dtype, shape]);
          expect([...y.dataSync()]).toEqual(values.map((value) => value + first));
        };
        const x = cube(dtype);
        // x[:, 0:3:2, 1]
        expectValues(
          tf.stridedSlice(x, [0, 0, 1], [2, 3, 2], [1, 2, 1], 0, 0, 0, 0, 4),
          [2, 2],
          [1, 9, 13, 21],
        );
        // x[1, ::-1, ::-2]
        expectValues(
          tf.stridedSlice(x, [1, 0, 0], [2, 0, 0], [1, -1, -2], 6, 6, 0, 0, 1),
          [3, 2],
          [23, 21, 19, 17, 15, 13],
        );
        // x[:, newaxis, 1, ::2]
        expectValues(
          tf.stridedSlice(x, [0, 0, 1, 0], [2, 0, 2, 4], [1, 1, 1, 2], 0, 0, 0, 2, 4),
          [2, 1, 2],
          [4, 6, 16, 18],
        );
        // x[0, 2:2:2]
        const empty = tf.stridedSlice(x, [0, 2], [1, 2], [1, 2], 0, 0, 0, 0, 1);
        expectValues(empty, [0, 4], []);
      });
    },
  );

  it.runIf(backend === 'wasm')('keeps integers and booleans', () => {
    tf.tidy(() => {
      const y = tf.stridedSlice(cube('int32'), [1, 0, 3], [2, 3, 0], [1, 2, -2]);
      expect([y.dtype, y.shape]).toEqual(['int32', [1, 2, 2]]);
      expect([...y.dataSync()]).toEqual([15, 13, 23, 21].map((value) => value + LEAST));
      const bits = tf.tensor1d([1, 0, 1, 1, 0, 0, 1], 'bool');
      const odd = tf.stridedSlice(bits, [1], [7], [2]);
      expect([odd.dtype, ...odd.dataSync()]).toEqual(['bool', 0, 1, 0]);
    });
  });
});
