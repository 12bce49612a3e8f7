import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { axisTapsKernel, copyFromKernel, reluGradientKernel } from '@ds/kernels';
import { kernelModule, OutOfMemoryError, type WasmBackend } from '@ds/kernels/wasm';
import { beforeEach, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** The number of float32 values in a gibibyte. */
const GIBIBYTE = 2 ** 28;
const SAYS_WHAT_TO_DO =
  /^wasm: out of memory: \d+ MiB more were requested.* of at most 4096 MiB.*smaller batches.*useBackend\('cpu'\)/s;

let backend: WasmBackend;

// Each test starts a new backend: a backend without memory cannot be used again.
beforeEach(async () => {
  await useBackend('wasm');
  const factory = tf.findBackendFactory('wasm');
  await useBackend('cpu');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory, 2);
  await useBackend('wasm');
  backend = tf.backend() as unknown as WasmBackend;
});

/** Allocates memory until it fails, without writing to it. Returns the error. */
function exhaust(values: number): Error {
  return thrown(() => {
    for (let i = 0; i < 64; i++) backend.makeOutput([values], 'float32');
  });
}

function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('wasm out of memory', () => {
  it('is not reported if the change is switched off', async () => {
    const { without } = await useBackend('wasm', { without: ['wasm/out-of-memory'] });
    expect(without).toEqual(['wasm/out-of-memory']);
    expect(() => exhaust(GIBIBYTE)).toThrow('nothing was thrown');
  });

  it('throws one error with advice, from the first failure on', () => {
    const [x, y] = [unitTensor(1, [2, 3, 3, 1]), unitTensor(2, [2, 2])];
    const filter = unitTensor(3, [2, 2, 1, 1]);
    const first = exhaust(GIBIBYTE);
    expect(first).toBeInstanceOf(OutOfMemoryError);
    expect(first.name).toBe('OutOfMemoryError');
    expect(first.message).toMatch(SAYS_WHAT_TO_DO);
    const attrs = { strides: 1, dilations: 1, pad: 'same', dataFormat: 'NHWC' };
    const kernel = (name: string, inputs: tf.Tensor[] | Record<string, tf.Tensor>, more = {}) =>
      tf.engine().runKernel(name, inputs as Record<string, tf.Tensor>, more);
    for (const op of [
      () => tf.tensor1d([1]),
      () => tf.zeros([2]),
      () => tf.add(y, y),
      () => tf.relu(y),
      () => tf.sum(y, 0),
      () => tf.sum(y, 1),
      () => tf.matMul(y, y),
      () => tf.matMul(x, x, false, true),
      () => tf.fused.matMul({ a: y, b: y, transposeB: true }),
      () => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
      () => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same'),
      () => tf.slice(y, 0, 1),
      () => tf.concat([y, y]),
      () => tf.grad((t) => tf.mul(t, t))(y),
      () => kernel('Conv2DBackpropInput', { dy: x, filter }, { ...attrs, inputShape: x.shape }),
      () => reluGradientKernel.run({ dy: y, x: y }, {}),
      () => copyFromKernel.run({}, { source: new Float32Array(2), shape: [2] }),
      () => tf.layers.batchNormalization({}).apply(x, { training: true }),
    ]) {
      expect(thrown(op)).toBe(first);
    }
    tf.dispose([x, y, filter]);
  });

  it('leaves earlier results readable, also for use on another backend', async () => {
    const x = unitTensor(1, [3, 2]);
    const values = [...x.dataSync()];
    exhaust(GIBIBYTE);
    expect([...x.dataSync()]).toEqual(values);
    await useBackend('cpu');
    const doubled = tf.mul(x, 2);
    expect([...doubled.dataSync()]).toEqual(values.map((value) => 2 * value));
    tf.dispose([x, doubled]);
  });

  it('is reported before tfjs’s kernels fail to allocate', () => {
    // The pieces are small, so that almost no memory is left.
    const error = exhaust(2 ** 24);
    expect(error.message).toMatch(SAYS_WHAT_TO_DO);
    const { buffer } = backend.wasm.asm!.memory!;
    expect(buffer.byteLength).toBeGreaterThan(3.5 * 2 ** 30);
  });

  it.each([
    ['matMul', (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b)],
    ['fused.matMul', (a: tf.Tensor, b: tf.Tensor) => tf.fused.matMul({ a, b })],
  ])('is thrown if %s cannot pack a large matrix', (_, multiply) => {
    const make = (shape: number[]) =>
      tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
    const [a, b] = [make([1, 2 ** 12]), make([2 ** 12, 2 ** 15])];
    // The matrix has half a gibibyte, and less than that is left.
    for (let i = 0; i < 49; i++) backend.makeOutput([2 ** 24], 'float32');
    expect(thrown(() => multiply(a, b)).message).toMatch(SAYS_WHAT_TO_DO);
  });

  it.each([
    ['2³² bytes', 2 ** 30],
    ['more', 2 ** 30 + 1],
    ['more than an integer of 32 bits', 2 ** 33],
  ])('refuses a tensor of %s', (_, values) => {
    expect(thrown(() => backend.makeOutput([values], 'float32')).message).toMatch(SAYS_WHAT_TO_DO);
  });

  it.each([2 ** 29, 2 ** 30, 2 ** 40])('refuses a scratch of %d floats', (floats) => {
    const module = kernelModule(backend)!;
    const taken = backend.makeOutput([2 ** 29], 'float32');
    const error = thrown(() => module.scratch(floats));
    expect(error.message).toMatch(SAYS_WHAT_TO_DO);
    // The earlier scratch is freed, so nothing may use it.
    expect(thrown(() => module.scratch(1))).toBe(error);
    expect(thrown(() => module.tables({ one: new Float32Array(1) }))).toBe(error);
    backend.disposeData(taken.dataId);
  });

  it('is also thrown if tfjs aborts', () => {
    const error = thrown(() => backend.wasm.onAbort!('OOM'));
    expect(error.message).toMatch(/^wasm: out of memory: tfjs aborted/);
    expect(thrown(() => tf.zeros([1]))).toBe(error);
  });

  it('comes after 2 GiB, for which addresses are negative int32 values', () => {
    const low = [
      backend.makeOutput([GIBIBYTE], 'float32'),
      backend.makeOutput([GIBIBYTE], 'float32'),
    ];
    const module = kernelModule(backend)!;
    expect(module.scratch(2 ** 20)).toBeGreaterThan(2 ** 31);
    tf.tidy(() => {
      const x = tf.tensor3d([1, 2, 3], [1, 3, 1]);
      const starts = Int32Array.from([0, 2]);
      const indices = Int32Array.from([0, 2]);
      const weights = Float32Array.from([0.5, 2]);
      const y = axisTapsKernel.run({ x }, { inputSize: 3, starts, indices, weights });
      expect([...y.dataSync()]).toEqual([6.5]);
    });
    for (const { dataId } of low) backend.disposeData(dataId);
  });
});

it('a size that is not a number is a separate error, and the backend still works', () => {
  const upsampling = tf.layers.upSampling2d({ size: 2 as unknown as [number, number] });
  const image = tf.ones([1, 4, 4, 2]);
  expect(() => upsampling.apply(image)).toThrow(
    'wasm: every size in the shape of a tensor must be a number, got NaN',
  );
  expect([...tf.add(tf.ones([2]), 1).dataSync()]).toEqual([2, 2]);
});
