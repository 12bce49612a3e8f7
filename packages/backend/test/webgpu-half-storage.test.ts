import { canStoreHalf, diffStrideGradientKernel, type KeptBand, storeHalf } from '@ds/kernels';
import { relativeError, unitTensor } from '@ds/testing';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { refusedByDevice } from './refused-by-device.js';

/** Returns the bytes of the device's memory that tensors use. */
function bytesInUse(): number {
  return (tf.backend() as unknown as { bufferManager: { numBytesUsed: number } }).bufferManager
    .numBytesUsed;
}

/** Stores tensors in half precision, like the saved activations of a training. */
function storeHalves(...tensors: tf.Tensor[]): void {
  for (const x of tensors) storeHalf(x);
}

/** Rounds to half precision: 11 significant bits, and steps of 2⁻²⁴ below 2⁻¹⁴. */
function half(value: number): number {
  if (Math.abs(value) > 65_504) return Math.sign(value) * 65_504;
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value) || 1e-30)));
  const step = 2 ** (exponent - 10);
  return step * Math.round(value / step);
}

/** Submits the recorded commands, so that freed memory is released. */
const settle = async () => {
  // Large enough that tfjs does not compute it on the host.
  const mark = tf.tidy(() => tf.sum(tf.mul(tf.ones([4096]), 2)));
  await mark.data();
  mark.dispose();
};

describe.skipIf(lacksWebGpu)('a tensor stored in half precision', () => {
  beforeAll(() => useBackend('webgpu'));

  it.each([4096, 4097, 10_001])(
    '%i values take half of the memory and keep 11 bits',
    async (size) => {
      const values = Float32Array.from(
        { length: size },
        (_, i) => (i % 3 === 0 ? -1 : 1) * 2 ** ((i % 37) - 20) * (1 + (i % 101) / 101),
      );
      values[5] = 1e6;
      values[6] = -7e4;
      values[7] = 0;
      const x = tf.tidy(() => tf.mul(tf.tensor1d(values), 1));
      await settle();
      const before = bytesInUse();
      storeHalves(x);
      storeHalves(x);
      await settle();
      expect(bytesInUse() - before).toBe(4 * Math.ceil(size / 2) - 4 * size);
      const back = await x.data();
      values.forEach((value, i) => {
        // A value between two halves may round to either.
        const near = half(value);
        expect(Math.abs(back[i]! - near)).toBeLessThanOrEqual(2 ** -10 * Math.abs(near) + 2 ** -24);
        expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(
          Math.max(2 ** -10 * Math.abs(value), 2 ** -24, Math.abs(value) - 65_504),
        );
      });
      expect(x.dataSync()).toEqual(back);
      x.dispose();
      await settle();
      expect(bytesInUse()).toBe(before - 4 * size);
    },
  );

  it('can be read by every op, by clones and by gradients', async () => {
    const x = tf.tidy(() => tf.mul(unitTensor(3, [4, 16, 16, 8]), 3)) as tf.Tensor4D;
    const filter = unitTensor(4, [3, 3, 8, 8]) as tf.Tensor4D;
    const compute = (input: tf.Tensor4D) =>
      tf.tidy(() => {
        const { value, grads } = tf.valueAndGrads((a, f) =>
          tf.sum(tf.square(tf.relu(tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, 1, 'same')))),
        )([input, filter]);
        return [value, ...grads, tf.concat([input, input], 3), tf.transpose(input, [3, 0, 1, 2])];
      });
    const rounded = tf.tensor4d(Float32Array.from(x.dataSync(), half), x.shape);
    const want = compute(rounded);
    const copy = x.clone();
    storeHalves(x);
    x.dispose();
    const got = compute(copy);
    for (const [i, one] of got.entries()) {
      const [a, b] = [one.dataSync(), want[i]!.dataSync()];
      const largest = Math.max(...b.map(Math.abs));
      a.forEach((value, at) => {
        expect(Math.abs(value - b[at]!)).toBeLessThanOrEqual(1e-3 * largest);
      });
    }
    tf.dispose([...got, ...want, rounded, copy, filter]);
  });

  it('can be read by the gradient of the strides', () => {
    const band: KeptBand = {
      inputSize: 32,
      outputSize: 16,
      frequencies: Array.from({ length: 9 }, (_, k) => ({ source: k, target: k, distance: k })),
    };
    const attributes = {
      ...{ rows: band, columns: band, smoothness: 2, norm: 'ortho' as const },
      ...{ minimum: [1, 1] as [number, number], lowerLimit: 1, upperLimit: 100 },
    };
    tf.tidy(() => {
      const x = tf.tensor(
        Float32Array.from(unitTensor(3, [1, 32, 32, 8]).dataSync(), half),
        [1, 32, 32, 8],
      );
      const others = {
        dy: unitTensor(4, [1, 16, 16, 8]) as tf.Tensor4D,
        strides: tf.tensor1d([2.2, 2.4]),
        matrices: unitTensor(5, [4 * 16 * 32]) as tf.Tensor1D,
      };
      const gradient = (input: tf.Tensor) =>
        diffStrideGradientKernel.run({ x: input as tf.Tensor4D, ...others }, attributes).dataSync();
      const want = gradient(x);
      const halved = tf.mul(x, 1);
      storeHalves(halved);
      expect(relativeError(gradient(halved), want)).toBeLessThan(1e-6);
    });
  });

  it('does not convert tensors that are small, of integers or on the host', async () => {
    const few = tf.tidy(() => tf.mul(tf.ones([100]), 1 / 3));
    const whole = tf.tidy(() => tf.cast(tf.range(0, 8192), 'int32'));
    const host = tf.fill([8192], 1 / 3);
    const before = bytesInUse();
    storeHalves(few, whole);
    expect(bytesInUse()).toBe(before);
    expect((await few.data())[0]).toBe(Math.fround(1 / 3));
    expect((await whole.data())[8191]).toBe(8191);
    tf.dispose([few, whole, host]);
  });

  it('keeps its values when a read fails', async () => {
    const x = tf.tidy(() => tf.mul(tf.ones([8192]), 1 / 3));
    await settle();
    storeHalves(x);
    await settle();
    const before = bytesInUse();
    for (const read of [async () => x.dataSync(), () => x.data()]) {
      const bad = refusedByDevice();
      await expect(read()).rejects.toThrow(/the device refused/);
      // Reads of this tensor always throw. They return no other values.
      await expect(read()).rejects.toThrow(/the device refused/);
      bad.dispose();
    }
    await settle();
    expect(bytesInUse()).toBe(before);
    x.dispose();
  });

  it('stays readable if the change is switched off; that succeeds after it is disposed', async () => {
    const without = ['webgpu/StoreHalf'];
    const x = tf.tidy(() => tf.mul(tf.ones([8192]), 1 / 4));
    storeHalves(x);
    await useBackend('webgpu', { without });
    expect(canStoreHalf()).toBe(false);
    expect((await x.data())[8191]).toBe(1 / 4);
    x.dispose();
    const { runWebGPUProgram } = tf.backend() as unknown as Record<string, unknown>;
    await useBackend('webgpu', { without });
    expect(tf.backend()).not.toHaveProperty('runWebGPUProgram', runWebGPUProgram);
    await useBackend('webgpu');
  });

  it('is freed with its last reference, after any computation', async () => {
    const run = async () => {
      const x = tf.tidy(() => tf.mul(unitTensor(1, [3, 50, 50]), 2));
      const other = x.clone();
      storeHalves(x);
      const sum = tf.tidy(() => tf.sum(tf.add(x, other)));
      x.dispose();
      await sum.data();
      await other.data();
      tf.dispose([sum, other]);
      await settle();
      return [tf.memory().numTensors, tf.backend().numDataIds(), bytesInUse()];
    };
    await run();
    const before = await run();
    expect(await run()).toEqual(before);
  });
});
