import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { registerConverter, toOnnx } from '../../src/index.js';
import { expectExported } from '../expect-exported.js';

beforeAll(() => tf.setBackend('cpu'));

/** `x + exp(x)` by a path that no converter of this package takes. */
class Grown extends tf.layers.Layer {
  static className = 'Grown';
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    const x = [inputs].flat()[0]!;
    return tf.add(x, tf.exp(x));
  }
}

it('computes a function that only a converter of the user adds', async () => {
  registerConverter('Grown', ({ graph, x }) => {
    const [batch, ...sizes] = x.shape;
    expect(batch).toBe(-1);
    const flat = graph.reshape(graph.elementwise('exp', x), [sizes.reduce((a, b) => a * b)]);
    const turned = graph.transpose(
      graph.transpose(graph.reshape(flat, sizes), [0, 2, 1]),
      [0, 2, 1],
    );
    return graph.arithmetic('add', x, turned);
  });
  const layers = [new Grown({ name: 'grown', inputShape: [3, 2] })];
  await expectExported(tf.sequential({ layers }));
});

/** 1 at the largest number of each row. A row of one number has it there. */
class Winner extends tf.layers.Layer {
  static className = 'Winner';
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.onesLike([inputs].flat()[0]!);
  }
}

it('marks the largest of one number', async () => {
  registerConverter('Winner', ({ graph, x }) => graph.oneHotOfLargest(x));
  await expectExported(tf.sequential({ layers: [new Winner({ inputShape: [1] })] }));
});

/** A layer whose converter asks for a weight that the layer does not have. */
class Bare extends tf.layers.Layer {
  static className = 'Bare';
}

it('refuses a weight that a layer does not have', () => {
  registerConverter('Bare', (application) => {
    application.weight('kernel');
    return application.x;
  });
  const model = tf.sequential({ layers: [new Bare({ name: 'bare', inputShape: [2] })] });
  expect(() => toOnnx(model)).toThrow(
    "toOnnx: layer 'bare' (Bare) must have a weight 'kernel', got []",
  );
});
