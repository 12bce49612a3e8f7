import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { LpsPool } from '../src/index.js';
import { type LpsPoolOptions, type LpsSelector, lpsPool } from '../src/ops.js';

const FLOAT32 = 1e-5;

function selector(channels: number, hidden: number): LpsSelector {
  return {
    kernel1: unitTensor(11, [3, 3, channels, hidden]) as tf.Tensor4D,
    bias1: unitTensor(12, [hidden]) as tf.Tensor1D,
    kernel2: unitTensor(13, [3, 3, hidden, hidden]) as tf.Tensor4D,
    bias2: unitTensor(14, [hidden]) as tf.Tensor1D,
  };
}

/** A 3×3 convolution with circular padding by loops. x is [height][width][channels]. */
function circular(x: number[][][], kernel: number[][][][], bias: number[]): number[][][] {
  const [height, width] = [x.length, x[0]!.length];
  const at = (p: number, size: number) => (p + 2 * size) % size;
  return x.map((line, p) =>
    line.map((_, q) =>
      bias.map((b, o) => {
        let sum = b;
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++)
            x[at(p + i - 1, height)]![at(q + j - 1, width)]!.forEach((value, c) => {
              sum += value * kernel[i]![j]![c]![o]!;
            });
        return sum;
      }),
    ),
  );
}

/** Both convolutions of the paper, the mean over the second, and then the choice. */
function naive(x: tf.Tensor4D, weights: LpsSelector, [sh, sw]: [number, number], tau?: number) {
  const images = x.arraySync();
  const [k1, b1] = [weights.kernel1.arraySync(), weights.bias1.arraySync()];
  const [k2, b2] = [weights.kernel2.arraySync(), weights.bias2.arraySync()];
  const [, height, width, channels] = x.shape;
  return images.flatMap((image) => {
    const components: number[][][][] = [];
    for (let i = 0; i < sh; i++)
      for (let j = 0; j < sw; j++)
        components.push(
          Array.from({ length: Math.ceil(height / sh) }, (_, p) =>
            Array.from(
              { length: Math.ceil(width / sw) },
              (__, q) => image[p * sh + i]?.[q * sw + j] ?? new Array<number>(channels).fill(0),
            ),
          ),
        );
    const scores = components.map((component) => {
      const hidden = circular(component, k1, b1).map((l) =>
        l.map((v) => v.map((a) => Math.max(a, 0))),
      );
      const flat = circular(hidden, k2, b2).flat(2);
      return flat.reduce((a, b) => a + b, 0) / flat.length;
    });
    const top = Math.max(...scores);
    const parts = scores.map((score, k) =>
      tau ? Math.exp((score - top) / tau) : Number(k === scores.indexOf(top)),
    );
    const total = parts.reduce((a, b) => a + b, 0);
    const flats = components.map((component) => component.flat(2));
    return flats[0]!.map((_, at) =>
      flats.reduce((sum, flat, k) => sum + (parts[k]! / total) * flat[at]!, 0),
    );
  });
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('matches its definition at every size, hard and soft', () => {
    tf.tidy(() => {
      for (const [height, width, hidden] of [
        [1, 1, 2],
        [6, 4, 3],
        [7, 9, 1],
      ] as const) {
        for (const strides of [
          [1, 1],
          [2, 2],
          [3, 2],
        ] as [number, number][]) {
          const x = unitTensor(height, [2, height, width, 2]) as tf.Tensor4D;
          const weights = selector(2, hidden);
          const hard = lpsPool(x, strides, weights);
          expect(relativeError(hard.dataSync(), naive(x, weights, strides))).toBeLessThan(FLOAT32);
          const soft = lpsPool(x, strides, weights, { soft: true, temperature: 0.5 });
          const want = naive(x, weights, strides, 0.5);
          expect(relativeError(soft.dataSync(), want)).toBeLessThan(FLOAT32);
        }
      }
    });
  });

  it('keeps the best at a soft temperature near 0, with finite gradients', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [2, 4, 4, 2]) as tf.Tensor4D;
      const weights = selector(2, 3);
      const hard = lpsPool(x, 2, weights);
      for (const temperature of [1e-30, 1e-42]) {
        const options = { soft: true, temperature };
        const soft = lpsPool(x, 2, weights, options);
        expect(relativeError(soft.dataSync(), hard.dataSync())).toBeLessThan(FLOAT32);
        const slope = tf.grad((image) => lpsPool(image as tf.Tensor4D, 2, weights, options))(x);
        expect(slope.dataSync().every(Number.isFinite)).toBe(true);
      }
    });
  });

  it('has the gradients of finite differences in the image and the weights', () => {
    tf.tidy(() => {
      const { bias2, ...weights } = selector(2, 3);
      const inputs = [unitTensor(1, [2, 4, 6, 2]), ...Object.values(weights)] as tf.Tensor[];
      const options = { soft: true, seed: 4, temperature: 0.7 };
      const op = (...tensors: tf.Tensor[]) => {
        const [x, kernel1, bias1, kernel2] = tensors;
        const given = { kernel1, bias1, kernel2, bias2 } as unknown as LpsSelector;
        return lpsPool(x as tf.Tensor4D, 2, given, options);
      };
      // Small steps before the ReLU, so that they cross few of its kinks.
      const errors = gradientErrors(op as never, inputs, [1e-3, 1e-3, 1e-3, 1e-2]);
      for (const error of errors) expect(error).toBeLessThan(5e-3);
      // A constant added to every score changes no choice.
      const [x] = inputs as [tf.Tensor4D];
      const slope = tf.grad((b) =>
        tf.sum(tf.square(lpsPool(x, 2, { ...weights, bias2: b as tf.Tensor1D }, options))),
      )(bias2);
      expect(Math.max(...tf.abs(slope).dataSync())).toBeLessThan(1e-5);
    });
  });

  it('chooses the same pixels of a circularly shifted image', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [3, 8, 6, 2]) as tf.Tensor4D;
      const shifted = tf.concat(
        [tf.slice(x, [0, 0, 5, 0], [3, 8, 1, 2]), tf.slice(x, [0, 0, 0, 0], [3, 8, 5, 2])],
        2,
      );
      const weights = selector(2, 2);
      const sorted = (t: tf.Tensor) => [...t.dataSync()].sort((a, b) => a - b);
      expect(sorted(lpsPool(shifted, 2, weights))).toEqual(sorted(lpsPool(x, 2, weights)));
    });
  });

  it('repeats Gumbel noise for a seed, and leaks nothing', () => {
    const x = unitTensor(2, [1, 6, 6, 1]) as tf.Tensor4D;
    const weights = selector(1, 1);
    const draw = (options: LpsPoolOptions) =>
      tf.tidy(() => [...lpsPool(x, 2, weights, { soft: true, ...options }).dataSync()]);
    expect(draw({ seed: 1 })).toEqual(draw({ seed: 1 }));
    expect(draw({ seed: 1 })).not.toEqual(draw({ seed: 2 }));
    expect(draw({ seed: 1 })).not.toEqual(draw({}));
    expect(leakedTensors(() => lpsPool(x, 2, weights))).toBe(0);
    expect(leakedTensors(() => lpsPool(x, 2, weights, { soft: true, seed: 1 }))).toBe(0);
    tf.dispose([x, weights as unknown as tf.NamedTensorMap]);
  });

  it('trains its scores as a layer, and makes one choice for a list of images', () => {
    const layer = new LpsPool({ hidden: 3, temperature: 2, seed: 3 });
    const x = unitTensor(7, [2, 6, 6, 2]) as tf.Tensor4D;
    tf.tidy(() => {
      const [a, b] = layer.apply([x, tf.mul(x, 10)] as never) as unknown as tf.Tensor[];
      expect(relativeError(b!.dataSync(), tf.mul(a!, 10).dataSync())).toBeLessThan(FLOAT32);
      const variables = layer.trainableWeights.map((w) => w.read() as tf.Variable);
      const loss = () =>
        tf.sum(tf.square(layer.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar;
      const { grads } = tf.variableGrads(loss, variables);
      for (const variable of variables.slice(0, 3)) {
        expect(Math.max(...grads[variable.name]!.abs().dataSync())).toBeGreaterThan(0);
      }
    });
    expect(() => {
      layer.temperature = 0;
    }).toThrow('LpsPool: temperature must be a finite number > 0, got 0');
    x.dispose();
    layer.dispose();
  });
});

describe.each(BACKENDS)('weights that are not finite, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['kernel1', 'bias1', 'kernel2', 'bias2'] as const)('give NaN: %s', async (name) => {
    const weights = selector(2, 3);
    const value = weights[name];
    weights[name] = tf
      .tidy(() => tf.concat([[Number.NaN], tf.reshape(value, [-1]).slice(1)]))
      .reshape(value.shape) as never;
    const x = unitTensor(1, [1, 5, 5, 2]) as tf.Tensor4D;
    for (const soft of [false, true]) {
      const values = await lpsPool(x, 2, weights, { soft }).data();
      expect([...values].every(Number.isNaN)).toBe(true);
    }
    const layer = new LpsPool({ hidden: 3 });
    layer.build(x.shape);
    layer.setWeights(Object.values(weights) as tf.Tensor[]);
    const values = await (layer.apply(x) as tf.Tensor).data();
    expect([...values].every(Number.isNaN)).toBe(true);
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));
  const x = () => tf.ones([1, 4, 4, 2]) as tf.Tensor4D;

  it.each([
    [() => lpsPool(x(), 2, selector(3, 2)), 'lpsPool: selector.kernel1 must have shape [3,3,2,2]'],
    [() => lpsPool(x(), 1.5, selector(2, 2)), 'lpsPool: strides must be integers'],
    [() => lpsPool(x(), 2, selector(2, 2), { temperature: 0 }), 'lpsPool: temperature must be'],
    [
      () => lpsPool(x(), 2, selector(2, 2), { seed: 0.5 }),
      'lpsPool: seed must be an integer, got 0.5',
    ],
    [() => new LpsPool({ hidden: 0 }), 'LpsPool: hidden must be an integer >= 1, got 0'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
