import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectWeight } from '../src/index.js';

/** Keeps values in [−1, 2]. */
const projection = { apply: (w: tf.Tensor) => tf.clipByValue(w, -1, 2) };

/** A layer with one weight. Every training step moves its values away from 0. */
class Outward extends tf.layers.Layer {
  static className = 'Outward';
  weight!: tf.LayerVariable;

  override build(shape: tf.Shape): void {
    const initial = { apply: () => tf.tensor1d([0.5, -0.5]) } as never;
    this.weight = projectWeight(this.addWeight('w', [2], 'float32', initial), projection);
    super.build(shape);
  }

  override call(inputs: tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.mul(inputs[0]!, tf.mul(this.weight.read(), tf.tensor1d([-1, 1]))));
  }
}

describe('a projected weight', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each([
    ['sgd', () => tf.train.sgd(30)],
    ['momentum', () => tf.train.momentum(30, 0.9)],
    ['nesterov', () => tf.train.momentum(30, 0.9, true)],
    ['adagrad', () => tf.train.adagrad(30)],
    ['adadelta', () => tf.train.adadelta(1e6)],
    ['adam', () => tf.train.adam(30)],
    ['adamax', () => tf.train.adamax(30)],
    ['rmsprop', () => tf.train.rmsprop(30)],
  ])('stays in its set under model.fit with %s', async (_, optimizer) => {
    const layer = new Outward({ inputShape: [2] } as never);
    const model = tf.sequential({ layers: [layer] });
    model.compile({ optimizer: optimizer(), loss: (_labels, y) => tf.mean(y) });
    const [x, y] = [tf.ones([4, 2]), tf.zeros([4, 2])];
    await model.fit(x, y, { epochs: 1, verbose: 0 });
    const before = tf.memory().numTensors;
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect([...layer.weight.read().dataSync()]).toEqual([2, -1]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, y]);
  });

  it('stays in its set after every kind of write, and leaks no tensor', () => {
    const layer = new Outward({ inputShape: [2] } as never);
    const model = tf.sequential({ layers: [layer] });
    const [inside, outside] = [tf.tensor1d([1, -0.25]), tf.tensor1d([-7, 7])];
    const before = tf.memory().numTensors;
    model.setWeights([outside]);
    expect([...layer.weight.read().dataSync()]).toEqual([-1, 2]);
    layer.weight.write(inside);
    expect([...layer.weight.read().dataSync()]).toEqual([1, -0.25]);
    (layer.weight.read() as tf.Variable).assign(outside);
    expect([...layer.weight.read().dataSync()]).toEqual([-1, 2]);
    expect([...outside.dataSync()]).toEqual([-7, 7]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([inside, outside]);
  });
});
