import { useBackend } from '@ds/backend';
import { StateError } from '@ds/checks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../src/index.js';
import { averageStatistics, openExchange } from '../src/replica-exchange.js';
import { controlBytes, ReplicaGroup } from '../src/replica-group.js';

/** A group of one replica, in this thread. */
function alone(): ReplicaGroup {
  const memory = async (length: number) => new SharedArrayBuffer(4 * 2 * length);
  return new ReplicaGroup(0, 1, new SharedArrayBuffer(controlBytes(1)), memory);
}

describe('the exchange of replicas', () => {
  beforeAll(() => useBackend('wasm'));

  it('keeps weights that a constraint would change', async () => {
    const dense = tf.layers.dense({
      units: 2,
      inputShape: [3],
      kernelInitializer: 'ones',
      kernelConstraint: tf.constraints.maxNorm({ maxValue: 1 }),
    });
    const model = tf.sequential({ layers: [dense] });
    const before = tf.memory().numTensors;
    await openExchange(model, alone());
    expect([...model.getWeights()[0]!.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('averages what the replicas have made different, and keeps the rest to the last bit', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 1, inputShape: [3], useBias: false, trainable: false }),
        tf.layers.batchNormalization({ scale: false, center: false }),
      ],
    });
    // In float32, the sum of three of these is rounded, and a third of it is another number.
    const frozen = [0.1, 0.7, 1 / 3].map(Math.fround);
    model.setWeights([tf.tensor2d(frozen, [3, 1]), tf.tensor1d([1]), tf.tensor1d([5])]);
    const sums: number[][] = [];
    const group = {
      rank: 0,
      size: 3,
      sum: (parts: ArrayLike<number>[]) => {
        const own = parts.flatMap((part) => [...Array.from(part)]);
        sums.push(own);
        // The other replicas add zeros to the values of the first.
        if (sums.length === 1) return Float32Array.from(own);
        const others = [...frozen, 4, 5, 0, 1, 0];
        return Float32Array.from(own, (value, i) => Math.fround(value + others[i]!) + others[i]!);
      },
    };
    averageStatistics(model, group as unknown as ReplicaGroup);
    const [kernel, mean, variance] = model.getWeights().map((weight) => [...weight.dataSync()]);
    expect([kernel, mean, variance]).toEqual([frozen, [3], [5]]);
    expect(sums[1]).toEqual([...frozen, 1, 5, 0, 0, 0]);
    model.dispose();
  });

  it('opens for an evaluation before any training', async () => {
    const model = tf.sequential({
      layers: [tf.layers.activation({ activation: 'linear', inputShape: [2] })],
    });
    const images = tf.tensor2d([0, 1, 1, 0], [2, 2]);
    const batches = [{ images, labels: tf.tensor2d([0, 1, 0, 1], [2, 2]) }];
    const { tasks: _, ...want } = await evaluate(model, batches);
    const found = await evaluate(model, batches, { replicas: alone() });
    expect(found).toMatchObject({ accuracy: want.accuracy, count: want.count });
    expect(found.loss).toBeCloseTo(want.loss, 6);
    tf.dispose(batches);
  });

  it('must be open before a sum', async () => {
    const group = alone();
    expect(group.length).toBe(0);
    expect(() => group.sum([[1]])).toThrow(
      new StateError('ReplicaGroup: open must come before sum, and has not'),
    );
    await group.open(3);
    expect(group.length).toBe(3);
    expect([...group.sum([[1]])]).toEqual([1]);
    expect(group.gather(Float32Array.of(2, 3))).toEqual([Float32Array.of(2, 3)]);
  });
});
