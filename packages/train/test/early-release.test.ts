import { useBackend } from '@ds/backend';
import { resnet18 } from '@ds/models';
import { unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { releaseEarly } from '../src/early-release.js';
import { constant, sgd, train } from '../src/index.js';

/**
 * Gradients by name, and by how many bytes the tensors grew at most, with or without the early
 * release.
 */
async function gradientsOf(f: () => tf.Scalar, release: boolean) {
  let grads: Record<string, number[]> = {};
  let loss = 0;
  const { numBytes } = tf.memory();
  const { peakBytes } = await tf.profile(() => {
    const found = tf.variableGrads(() => {
      const value = f();
      if (release) releaseEarly();
      return value;
    });
    loss = found.value.dataSync()[0]!;
    grads = Object.fromEntries(
      Object.entries(found.grads).map(([name, grad]) => [name, Array.from(grad.dataSync())]),
    );
    tf.dispose([found.value, ...Object.values(found.grads)]);
    return tf.scalar(0);
  });
  return { grads, loss, growth: peakBytes - numBytes };
}

async function expectSame(f: () => tf.Scalar) {
  const kept = await gradientsOf(f, false);
  const before = tf.memory().numTensors;
  const released = await gradientsOf(f, true);
  // What `profile` gave back is one tensor.
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(released.loss).toBe(kept.loss);
  expect(released.grads).toEqual(kept.grads);
  return released.growth / kept.growth;
}

describe.each(BACKENDS)('gradients that give memory back on their way, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('are the same to the last bit where gradients are handed on, added up, or used twice', async () => {
    const [w, v, p, q, u] = [1, 2, 3, 4, 5].map((seed) => tf.variable(unitTensor(seed, [3, 4])));
    /** Its gradient is what came, the same tensor for both inputs. */
    const sum = tf.customGrad((a, b) => ({
      value: tf.add(a as tf.Tensor, b as tf.Tensor),
      gradFunc: (dy) => [dy as tf.Tensor, dy as tf.Tensor],
    }));
    /** A new tensor, the same for both. */
    const product = tf.customGrad((a, b) => ({
      value: tf.mul(tf.add(a as tf.Tensor, b as tf.Tensor), 3),
      gradFunc: (dy) => {
        const both = tf.mul(dy as tf.Tensor, 3);
        return [both, both];
      },
    }));
    const one = tf.keep(tf.ones([3, 4]));
    /**
     * A tensor of somebody else's. (tfjs would free it, and the two above, where gradients are
     * added to them.)
     */
    const constant = tf.customGrad((a) => ({
      value: tf.add(a as tf.Tensor, 1),
      gradFunc: () => one,
    }));
    await expectSame(() => {
      const a = sum(w!, v!);
      const b = product(p!, q!);
      const [left, right] = tf.split(tf.mul(b, a), 2, 1);
      const c = tf.concat([tf.square(left!), tf.add(right!, left!)], 1);
      return tf.sum(
        tf.add(constant(tf.mul(u!, 2)), tf.mul(c, tf.reshape(tf.clone(a), [3, 4]))),
      ) as tf.Scalar;
    });
    expect(one.isDisposed).toBe(false);
    expect(one.dataSync()[0]).toBe(1);
    tf.dispose([w, v, p, q, u, one] as tf.Tensor[]);
  });

  // The cpu backend takes its time over the largest.
  it.each(backend === 'wasm' ? ['diffstride', 'conv', 'max'] : ['max'])(
    'are the same to the last bit, from less than three quarters of the memory: resnet18 with %s',
    async (pooling) => {
      const model = resnet18({
        inputShape: [8, 8, 3],
        classes: 2,
        width: 4,
        seed: 1,
        weightDecay: 1e-3,
        pooling,
        strides: [1, 1, 2, 1, 1],
      });
      const images = unitTensor(5, [8, 8, 8, 3]);
      const share = await expectSame(() => {
        const logits = model.apply(images, { training: true }) as tf.Tensor;
        return tf.addN([
          tf.mean(tf.square(logits)),
          ...(model.calculateLosses() as tf.Scalar[]),
        ]) as tf.Scalar;
      });
      expect(share).toBeLessThan(0.75);
      model.dispose();
      images.dispose();
    },
  );
});

describe('train', () => {
  beforeAll(() => useBackend('wasm'));

  const stepOf = async (options: { releaseEarly?: boolean }) => {
    const model = resnet18({ inputShape: [8, 8, 3], classes: 2, width: 4, seed: 1 });
    const optimizer = sgd({ momentum: 0.9 });
    const losses: number[] = [];
    const { peakBytes } = await tf.profile(async () => {
      await train(model, {
        batches: function* () {
          for (const seed of [1, 2]) {
            yield {
              images: unitTensor(seed, [8, 8, 8, 3]),
              labels: tf.oneHot([0, 1, 1, 0, 0, 1, 1, 0], 2) as tf.Tensor2D,
            };
          }
        },
        epochs: 1,
        optimizer,
        schedule: constant(0.1),
        onEvent: (event) => {
          if (event.type === 'step') losses.push(event.loss);
        },
        ...options,
      });
      return tf.scalar(0);
    });
    model.dispose();
    optimizer.dispose();
    return { losses, peakBytes };
  };

  it('leaves the tape as it is with releaseEarly: false, for more memory', async () => {
    const early = await stepOf({});
    const late = await stepOf({ releaseEarly: false });
    expect(late.losses).toEqual(early.losses);
    expect(late.losses).toHaveLength(2);
    expect(early.peakBytes).toBeLessThan(0.9 * late.peakBytes);
  });
});
