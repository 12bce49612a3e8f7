import { useBackend } from '@ds/backend';
import { ConfigError } from '@ds/checks';
import { relativeError } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adam, type Optimizer, sgd } from '../src/index.js';

/** Runs a rule on given gradients and returns the parameter after each step. */
function trajectory(
  optimizer: Optimizer,
  start: number[],
  gradients: number[][],
  rate: number,
): number[][] {
  const value = tf.variable(tf.tensor1d(start));
  const path = gradients.map((gradient) => {
    tf.tidy(() => {
      const [next] = optimizer.step([
        { name: 'w', value, gradient: tf.tensor1d(gradient), learningRate: rate },
      ]);
      value.assign(next as tf.Tensor1D);
    });
    return [...value.dataSync()];
  });
  value.dispose();
  optimizer.dispose();
  return path;
}

const start = [1, -2, 0.5];
const gradients = [
  [0.3, -0.1, 2],
  [-0.2, 0.4, 1],
  [0.1, 0.1, -3],
];

describe.each(BACKENDS)('update rules on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('do not change what another tensor shares, or tfjs has packed', () => {
    const value = tf.variable(tf.tensor2d([start]));
    const before = tf.clone(value);
    const optimizer = sgd({ momentum: 0.9 });
    const gradient = tf.tensor2d([gradients[0]!]);
    // tfjs's wasm backend keeps a packed copy of a product's right side, by the tensor's id.
    const product = () => tf.tidy(() => [...tf.matMul(tf.tensor2d([[1]]), value).dataSync()]);
    expect(product()).toEqual(start);
    tf.tidy(() => {
      const update = { name: 'w', value, gradient, learningRate: 1 };
      value.assign(optimizer.step([update])[0] as tf.Tensor2D);
    });
    expect([...before.dataSync()]).toEqual(start);
    expect(relativeError(product(), [0.7, -1.9, -1.5])).toBeLessThan(1e-6);
    tf.dispose([value, before, gradient]);
    optimizer.dispose();
  });

  it.each([
    [0, false],
    [0.9, false],
    [0.9, true],
  ])('sgd with momentum %f, nesterov %s, is its equations', (momentum, nesterov) => {
    const w = [...start];
    const v = [0, 0, 0];
    const want = gradients.map((g) => {
      g.forEach((gi, i) => {
        v[i] = momentum * v[i]! + gi;
        w[i]! -= 0.1 * (momentum === 0 ? gi : nesterov ? gi + momentum * v[i]! : v[i]!);
      });
      return [...w];
    });
    const got = trajectory(sgd({ momentum, nesterov }), start, gradients, 0.1);
    expect(relativeError(got.flat(), want.flat())).toBeLessThan(1e-6);
  });

  it('adam is its equations', () => {
    const w = [...start];
    const m = [0, 0, 0];
    const v = [0, 0, 0];
    const want = gradients.map((g, t) => {
      g.forEach((gi, i) => {
        m[i] = 0.9 * m[i]! + 0.1 * gi;
        v[i] = 0.99 * v[i]! + 0.01 * gi * gi;
        const mHat = m[i]! / (1 - 0.9 ** (t + 1));
        const vHat = v[i]! / (1 - 0.99 ** (t + 1));
        w[i]! -= (0.1 * mHat) / (Math.sqrt(vHat) + 1e-8);
      });
      return [...w];
    });
    const got = trajectory(adam({ beta2: 0.99 }), start, gradients, 0.1);
    expect(relativeError(got.flat(), want.flat())).toBeLessThan(1e-5);
  });

  it.each([
    [() => sgd({ momentum: 1 }), 'sgd: momentum must be in [0, 1), got 1'],
    [() => adam({ beta1: -0.1 }), 'adam: beta1 must be in [0, 1), got -0.1'],
    [() => adam({ epsilon: 0 }), 'adam: epsilon must be a finite number > 0, got 0'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(new ConfigError(message));
  });

  it.each([
    ['sgd', () => sgd({ momentum: 0.9 }), 1],
    ['adam', () => adam(), 2],
  ])(
    '%s refuses the state of another shape, and two parameters of one name',
    (name, make, slots) => {
      const value = tf.variable(tf.ones([2, 2]));
      const update = { name: 'w', value, gradient: tf.ones([2, 2]), learningRate: 0.1 };
      const rule = make();
      // It would broadcast.
      const slot = Array.from({ length: slots }, () => tf.ones([1]));
      rule.restore({ steps: 1, slots: new Map([['w', slot]]) });
      expect(() => rule.step([update])).toThrow(
        `${name}().step: the state of 'w' must have shape [2,2], got [1]`,
      );
      expect(() => make().step([update, update])).toThrow(
        `${name}().step: updates[1].name must differ from those before it, got "w"`,
      );
      rule.dispose();
      tf.dispose([value, update.gradient]);
    },
  );
});
