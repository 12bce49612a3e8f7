import { useBackend } from '@ds/backend';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant, type Optimizer, sgd, type TrainOptions, train } from '../src/index.js';

type Fault = 'none' | 'call' | 'gradient';

/** Multiplies by 1, and fails in the given part of a step. */
class Faulty extends tf.layers.Layer {
  static className = 'Faulty';
  fault: Fault = 'none';

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = [inputs].flat()[0]!;
    const { fault } = this;
    if (fault === 'call') throw new Error('fault in call');
    const op = tf.customGrad((...args) => {
      const [input, save] = args as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
      save([tf.square(input)]);
      return {
        value: tf.clone(input),
        gradFunc: (dy: tf.Tensor) => {
          const doubled = tf.mul(dy, 2);
          if (fault === 'gradient') throw new Error('fault in gradient');
          return tf.mul(doubled, 0.5);
        },
      };
    });
    return op(x);
  }
}

function network(faulty: Faulty): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, inputShape: [3], activation: 'relu' }),
      tf.layers.dense({ units: 4, activation: 'tanh' }),
      faulty,
      tf.layers.batchNormalization(),
      tf.layers.dense({ units: 2 }),
    ],
  });
}

const batch = () => ({ images: tf.ones([2, 3]), labels: tf.tensor2d([1, 0, 0, 1], [2, 2]) });
const emptyBatch = () => ({ images: tf.zeros([0, 3]), labels: tf.zeros([0, 2]) as tf.Tensor2D });

/** An optimizer that makes tensors and fails. */
const failing: Optimizer = {
  step: (updates) => {
    for (const { value, gradient } of updates) tf.mul(value, gradient);
    throw new Error('fault in optimizer');
  },
  state: () => ({ steps: 0, slots: new Map() }),
  restore: () => {},
  dispose: () => {},
};

function penalty(): tf.Scalar {
  tf.square(tf.scalar(2));
  throw new Error('fault in penalty');
}

describe.each(BACKENDS)('a step that fails leaves no tensor behind, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each([true, false])('with releaseEarly: %s', (releaseEarly) => {
    const basic = (): TrainOptions => ({
      batches: () => [batch()],
      epochs: 1,
      optimizer: sgd(),
      schedule: constant(0.1),
      releaseEarly,
    });

    it.each<[string, Fault, Partial<TrainOptions>]>([
      ['call', 'call', {}],
      ['gradient', 'gradient', {}],
      ['penalty', 'none', { penalty }],
      ['optimizer', 'none', { optimizer: failing }],
      ['optimizer', 'none', { optimizer: failing, readEvery: 3 }],
      [
        'optimizer',
        'none',
        { optimizer: failing, readEvery: 3, batches: () => [emptyBatch(), batch()] },
      ],
    ])('in the %s (%#)', async (where, fault, more) => {
      const faulty = new Faulty({});
      const model = network(faulty);
      await train(model, basic());
      faulty.fault = fault;
      const { numTensors } = tf.memory();
      for (let again = 0; again < 2; again++) {
        const failed = train(model, { ...basic(), ...more });
        await expect(failed).rejects.toThrow(`fault in ${where}`);
        expect.soft(tf.memory().numTensors).toBe(numTensors);
      }
      faulty.fault = 'none';
      await train(model, basic());
      expect.soft(tf.memory().numTensors).toBe(numTensors);
      model.dispose();
    });
  });
});
