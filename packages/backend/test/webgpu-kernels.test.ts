import { axisTapsKernel, batchNormTrainingKernel } from '@ds/kernels';
import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** Error bound: float32 sums in another order. */
const FLOAT32 = 2e-5;

/** Computes a function on WebGPU, and on a backend of the host. */
async function onBoth(
  compute: () => tf.Tensor[],
  host: 'cpu' | 'wasm',
): Promise<[number[][], number[][]]> {
  const run = async (backend: 'cpu' | 'wasm' | 'webgpu') => {
    await useBackend(backend);
    const made = tf.tidy(compute);
    const values = made.map((one) => Array.from(one.dataSync()));
    tf.dispose(made);
    return values;
  };
  return [await run('webgpu'), await run(host)];
}

/** The host's backend is tfjs's cpu backend with its few repairs, or wasm where cpu is too slow. */
async function expectSame(
  compute: () => tf.Tensor[],
  bound = FLOAT32,
  host: 'cpu' | 'wasm' = 'cpu',
): Promise<void> {
  const [got, want] = await onBoth(compute, host);
  got.forEach((values, at) => {
    expect(relativeError(values, want[at]!)).toBeLessThan(bound);
  });
}

const gradsOf = (f: (...xs: tf.Tensor[]) => tf.Tensor, xs: tf.Tensor[]) =>
  tf.grads((...inputs: tf.Tensor[]) => {
    const y = f(...inputs);
    return tf.sum(tf.mul(y, unitTensor(9, y.shape)));
  })(xs);

describe.skipIf(lacksWebGpu)('on WebGPU', () => {
  beforeAll(async () => {
    const info = await useBackend('webgpu');
    expect(tf.getBackend()).toBe('webgpu');
    expect(info.replaced).toContain('Conv2DBackpropFilter');
    expect(info.added).toContain(batchNormTrainingKernel.name);
    expect(info.added).toContain(axisTapsKernel.name);
  });

  it.each([
    { x: [2, 7, 6, 3], filter: [3, 3, 3, 5], strides: 1, pad: 'same' },
    { x: [1, 1, 1, 1], filter: [1, 1, 1, 1], strides: 1, pad: 'valid' },
    { x: [3, 9, 8, 4], filter: [3, 2, 4, 6], strides: [2, 3], pad: 'same' },
    { x: [2, 8, 8, 40], filter: [3, 3, 40, 36], strides: 1, pad: 'same' },
    { x: [2, 11, 5, 2], filter: [1, 1, 2, 33], strides: 2, pad: 'valid' },
    { x: [4, 13, 12, 16], filter: [5, 5, 16, 8], strides: 2, pad: 1 },
    { x: [2, 30, 31, 2], filter: [3, 3, 2, 2], strides: 1, pad: 'same' },
    // These run in blocks of 8×8. The first reads quads, the second single values.
    { x: [2, 16, 16, 64], filter: [3, 3, 64, 64], strides: 1, pad: 'same' },
    { x: [1, 16, 16, 65], filter: [3, 3, 65, 66], strides: 1, pad: 'same' },
    // These sum over pixels, split among workgroups.
    { x: [2, 23, 23, 8], filter: [3, 3, 8, 36], strides: 1, pad: 'same' },
    { x: [1, 16, 17, 4], filter: [3, 3, 4, 5], strides: 1, pad: 'valid' },
  ] as const)(
    'the gradients of a convolution: $x * $filter, strides $strides, $pad',
    async ({ x: image, filter: window, strides, pad }) => {
      const x = unitTensor(1, [...image]) as tf.Tensor4D;
      const filter = unitTensor(2, [...window]) as tf.Tensor4D;
      await useBackend('wasm');
      const forward = (a: tf.Tensor, f: tf.Tensor) =>
        tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, strides as number, pad);
      const dy = unitTensor(
        9,
        tf.tidy(() => forward(x, filter).shape),
      );
      const want = tf.tidy(() =>
        tf
          .grads(forward)([x, filter], dy)
          .map((one) => one.dataSync()),
      );
      // The kernels alone: a software GPU takes seconds to compile programs of the forward pass.
      await useBackend('webgpu');
      const attrs = { strides, pad, dataFormat: 'NHWC', inputShape: image, filterShape: window };
      const got = tf.tidy(() =>
        [
          tf.engine().runKernel(tf.Conv2DBackpropInput, { dy, filter }, attrs as never),
          tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy }, attrs as never),
        ].map((one) => (one as tf.Tensor).dataSync()),
      );
      got.forEach((values, at) => {
        expect(relativeError(values, want[at]!)).toBeLessThan(FLOAT32);
      });
      tf.dispose([x, filter, dy]);
    },
  );

  it('a dilated convolution has gradients, which tfjs refuses', async () => {
    const inputs = () => [unitTensor(1, [2, 9, 10, 3]), unitTensor(2, [3, 2, 3, 4])] as const;
    await useBackend('webgpu');
    const got = tf.tidy(() =>
      gradsOf(
        (x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same', 'NHWC', 2),
        [...inputs()],
      ).map((g) => g.dataSync()),
    );
    // The same convolution with zeros between the taps.
    await useBackend('cpu');
    const want = tf.tidy(() => {
      const spread = (f: tf.Tensor) => {
        const zeros = tf.zerosLike(f);
        const rows = tf.reshape(tf.stack([f, zeros], 1), [6, 2, 3, 4]);
        const both = tf.reshape(tf.stack([rows, tf.zerosLike(rows)], 2), [6, 4, 3, 4]);
        return tf.slice(both, [0, 0, 0, 0], [5, 3, 3, 4]) as tf.Tensor4D;
      };
      return gradsOf(
        (x, f) => tf.conv2d(x as tf.Tensor4D, spread(f), 1, 'same'),
        [...inputs()],
      ).map((g) => g.dataSync());
    });
    got.forEach((values, at) => {
      expect(relativeError(values, want[at]!)).toBeLessThan(FLOAT32);
    });
  });

  it.each([
    [2, 5, 3, 4],
    [1, 1, 2, 1],
    [300, 7],
    [3, 20, 20, 33],
  ])('batch norm in training matches tfjs’s, with its gradients: %s, %s', async (...shape) => {
    const channels = shape.at(-1)!;
    await expectSame(() => {
      const layer = tf.layers.batchNormalization({ epsilon: 1e-3 });
      const x = tf.add(tf.mul(unitTensor(1, shape), 3), 7);
      layer.build(x.shape);
      layer.setWeights([
        unitTensor(2, [channels]),
        unitTensor(3, [channels]),
        unitTensor(4, [channels]),
        tf.abs(unitTensor(5, [channels])),
      ]);
      const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const loss = (input: tf.Tensor) => {
        const y = layer.apply(input, { training: true }) as tf.Tensor;
        return tf.sum(tf.mul(y, unitTensor(9, y.shape)));
      };
      const y = layer.apply(x, { training: true }) as tf.Tensor;
      const moved = layer.getWeights().slice(2);
      const dx = tf.grad(loss)(x);
      const { grads } = tf.variableGrads(() => loss(x) as tf.Scalar, variables);
      return [y, ...moved.map((one) => tf.clone(one)), dx, ...variables.map((v) => grads[v.name]!)];
    }, 2e-4);
  });

  it.each([1, 2, 7, 8, 13, 20])('a sum of %i tensors', (count) =>
    expectSame(() => [
      tf.addN(Array.from({ length: count }, (_, i) => tf.mul(unitTensor(i + 1, [5, 3]), 1))),
    ]),
  );

  it.each([
    { a: [3, 4], b: [4, 5], turned: [false, false] },
    { a: [2, 3, 4, 3], b: [2, 3, 5, 4], turned: [true, true] },
    { a: [2, 7, 3], b: [2, 9, 3], turned: [false, true] },
    { a: [1, 4, 3], b: [5, 4, 2], turned: [true, false] },
    { a: [130, 120], b: [120, 125], turned: [false, false] },
  ])('a product matches its definition: $a × $b, transposed $turned', ({ a, b, turned }) =>
    expectSame(
      () => [tf.matMul(unitTensor(1, a), unitTensor(2, b), turned[0], turned[1])],
      FLOAT32,
      'wasm',
    ),
  );

  it('ReLU and its fused forms keep NaN', () =>
    expectSame(() => {
      const x = tf.tensor2d([[Number.NaN, -1, 2, 9, Number.POSITIVE_INFINITY]]);
      const one = tf.ones([1, 1]) as tf.Tensor2D;
      const column = tf.tensor2d([[-2], [Number.NaN]]);
      const products = (['relu', 'relu6'] as const).map((activation) =>
        tf.fused.matMul({ a: column, b: one, activation }),
      );
      // The second tensor of a pair marks NaN with 1.
      return [x, tf.relu(x), tf.relu6(x), ...products].flatMap((y) => [
        tf.where(tf.isNaN(y), tf.zerosLike(y), tf.minimum(y, 100)),
        tf.cast(tf.isNaN(y), 'float32'),
      ]);
    }));

  it('max pooling keeps NaN, and its gradient goes to the first of a window', () =>
    expectSame(
      () => {
        const values = [
          Number.NaN,
          1,
          2,
          3,
          4,
          Number.NaN,
          Number.NaN,
          7,
          8,
          9,
          10,
          11,
          12,
          1,
          2,
          3,
        ];
        const x = tf.tensor4d(values, [1, 4, 4, 1]);
        const pooled = (image: tf.Tensor) => tf.maxPool(image as tf.Tensor4D, 2, 2, 'valid');
        const y = pooled(x);
        return [
          tf.where(tf.isNaN(y), tf.zerosLike(y), y),
          tf.cast(tf.isNaN(y), 'float32'),
          ...gradsOf((image) => tf.where(tf.isNaN(y), tf.ones(y.shape), pooled(image)), [x]),
        ];
      },
      FLOAT32,
      'wasm',
    ));

  it('ReLU has a gradient', () =>
    expectSame(() => gradsOf((x) => tf.relu(x), [unitTensor(3, [5, 7, 3])])));

  it('reads results synchronously in Node, also complex ones', async () => {
    await useBackend('webgpu');
    const x = tf.add(tf.range(0, 2000), 0.5);
    expect([...x.dataSync().slice(-2)]).toEqual([1998.5, 1999.5]);
    const z = tf.complex(tf.add(tf.tensor1d([1, 2]), 1), tf.add(tf.tensor1d([3, 4]), 1));
    expect([...z.dataSync()]).toEqual([2, 4, 3, 5]);
    expect(tf.cast(tf.add(tf.tensor1d([1, 2], 'int32'), 1), 'int32').dataSync()).toEqual(
      Int32Array.of(2, 3),
    );
    tf.dispose([x, z]);
  });

  it('leaks nothing, and compiles each program once', async () => {
    await useBackend('webgpu');
    const x = unitTensor(1, [2, 8, 8, 4]) as tf.Tensor4D;
    const filter = unitTensor(2, [3, 3, 4, 4]) as tf.Tensor4D;
    const step = () =>
      tf.tidy(() =>
        gradsOf(
          (a, b) => tf.relu(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same')),
          [x, filter],
        ),
      );
    // tfjs frees memory when it submits its programs: here, at a read.
    const stepAndRead = async () => {
      const slopes = step();
      for (const slope of slopes) await slope.data();
      tf.dispose(slopes);
    };
    await stepAndRead();
    const { pipelineCache } = tf.backend() as unknown as { pipelineCache: object };
    const programs = Object.keys(pipelineCache).length;
    const bytes = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const before = bytes();
    for (let i = 0; i < 3; i++) expect(leakedTensors(step)).toBe(0);
    await stepAndRead();
    expect(Object.keys(pipelineCache).length).toBe(programs);
    expect(bytes()).toBeLessThanOrEqual(before);
    tf.dispose([x, filter]);
  });
});
