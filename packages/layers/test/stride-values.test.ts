import * as tf from '@tensorflow/tfjs';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dctDiffStride, diffStride, diffStride1d } from '../src/ops.js';
import { strideValues } from '../src/stride-values.js';

/** A backend whose reads return zeros, as on WebGPU in some browsers. */
class Unreadable extends MathBackendCPU {
  override readSync(dataId: object): Float32Array {
    return new Float32Array((super.readSync(dataId) as Float32Array).length);
  }
}

it('repeats a shared stride', async () => {
  await tf.setBackend('cpu');
  expect(strideValues('f', tf.tensor1d([2]), 2)).toEqual([2, 2]);
  expect(strideValues('f', tf.tensor1d([2, 3]), 2)).toEqual([2, 3]);
  expect(() => strideValues('f', tf.tensor1d([2, Number.NaN]), 2)).toThrow(
    /strides must be finite/,
  );
});

describe('where strides on the GPU read as 0', () => {
  beforeAll(async () => {
    tf.registerBackend('webgpu', () => new Unreadable());
    await tf.setBackend('webgpu');
    vi.stubGlobal('OffscreenCanvas', class {});
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    tf.removeBackend('webgpu');
  });

  it.each([
    ['diffStride', [1, 8, 8, 3], diffStride],
    ['diffStride1d', [1, 8, 3], diffStride1d],
    ['dctDiffStride', [1, 8, 8, 3], dctDiffStride],
  ])('%s names outputSize', (name, shape, op) => {
    const x = tf.tensor(new Float32Array(shape.reduce((size, side) => size * side, 1)), shape);
    const pool = op as (x: tf.Tensor, strides: tf.Tensor1D) => tf.Tensor;
    expect(() => pool(x, tf.tensor1d([2]))).toThrow(
      new RegExp(`^${name}: outputSize must be given, because this browser cannot read`),
    );
  });

  it('a Node process refuses strides of 0 as before', () => {
    vi.unstubAllGlobals();
    const x = tf.tensor(new Float32Array(192), [1, 8, 8, 3]) as tf.Tensor4D;
    expect(() => diffStride(x, tf.tensor1d([2, 2]))).toThrow(
      'diffStride: strides must be >= 1, got [0, 0]',
    );
  });
});
