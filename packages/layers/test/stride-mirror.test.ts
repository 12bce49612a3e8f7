import { useBackend } from '@ds/backend';
import { releaseHostCopies } from '@ds/graph';
import { unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DiffStride, refreshStrides, strideMirror } from '../src/index.js';

const network = () => {
  const pooling = new DiffStride({ strides: [2, 2], smoothness: 1 });
  const input = tf.input({ shape: [16, 16, 8] });
  const pooled = pooling.apply(input) as tf.SymbolicTensor;
  // Without the ReLU only the mean would matter, which no mask changes.
  const bent = tf.layers.reLU().apply(pooled);
  const y = tf.layers.globalAveragePooling2d({}).apply(bent) as tf.SymbolicTensor;
  return { pooling, model: tf.model({ inputs: input, outputs: y }) };
};

describe.each(BACKENDS)('strides on the host, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('set the size between refreshes, while masks follow the strides', async () => {
    const { pooling, model } = network();
    const x = unitTensor(1, [1, 16, 16, 8]);
    const pool = () => tf.tidy(() => (pooling.apply(x) as tf.Tensor).clone());
    const before = pool();
    await refreshStrides(model);
    const same = pool();
    expect(same.shape).toEqual(before.shape);
    expect(tf.tidy(() => tf.max(tf.abs(tf.sub(same, before))).dataSync()[0])).toBeLessThan(1e-5);
    pooling.strideVariable!.assign(tf.tensor1d([4, 3]));
    const stale = pool();
    expect(stale.shape).toEqual(before.shape);
    // The narrower mask is already in use, so less energy is left.
    const energy = (y: tf.Tensor) => tf.tidy(() => tf.norm(y).dataSync()[0]!);
    expect(energy(stale)).toBeLessThan(0.9 * energy(before));
    await refreshStrides(model);
    expect(pool().shape[1]).toBeLessThan(before.shape[1]!);
    pooling.strideVariable!.assign(tf.tensor1d([2, 2]));
    releaseHostCopies(model);
    expect(pool().shape).toEqual(before.shape);
  });

  it('are copied in nested models and in wrappers, each layer once', async () => {
    const inside = network();
    const wrapped = network();
    const input = tf.input({ shape: [16, 16, 8] });
    const times = tf.input({ shape: [2, 16, 16, 8] });
    const outputs = [
      inside.model.apply(input),
      inside.model.apply(input),
      tf.layers.timeDistributed({ layer: wrapped.model as tf.layers.Layer }).apply(times),
    ] as tf.SymbolicTensor[];
    const model = tf.model({ inputs: [input, times], outputs });
    for (const [at, { pooling }] of [inside, wrapped].entries()) {
      const mirrors: number[][] = [];
      const take = pooling.hostCopy.hold.bind(pooling.hostCopy);
      pooling.hostCopy.hold = (values, dataId) => {
        mirrors.push(values);
        take(values, dataId);
      };
      tf.tidy(() => pooling.strideVariable!.assign(tf.tensor1d([3 + at, 4])));
      await refreshStrides(model);
      expect(mirrors).toEqual([[3 + at, 4]]);
      // While the copy is held, the size ignores a change. After the release it follows.
      tf.tidy(() => pooling.strideVariable!.assign(tf.tensor1d([1.5, 1.5])));
      const rows = () =>
        tf.tidy(() => (pooling.apply(tf.ones([1, 16, 16, 8])) as tf.Tensor).shape[1]);
      const stale = rows();
      releaseHostCopies(model);
      expect(rows()).toBeGreaterThan(stale!);
    }
  });

  it('make the layer throw if they are not finite', async () => {
    const { pooling } = network();
    pooling.hostCopy.hold([Number.NaN, 2], {});
    const x = unitTensor(1, [1, 16, 16, 8]);
    const before = tf.memory().numTensors;
    expect(() => pooling.apply(x)).toThrow('DiffStride: strides must be finite, got [NaN, 2]');
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it('are refreshed by a callback of model.fit', async () => {
    const { pooling, model } = network();
    model.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
    const x = tf.mul(unitTensor(1, [8, 16, 16, 8]), 3);
    const { history } = await model.fit(x, tf.ones([8, 8]), {
      epochs: 2,
      batchSize: 2,
      verbose: 0,
      callbacks: strideMirror(model),
    });
    expect(history.loss!.every((loss) => Number.isFinite(loss as number))).toBe(true);
    expect(pooling.strides).not.toEqual([2, 2]);
    expect(pooling.outputSize([16, 16])).toEqual((pooling.apply(x) as tf.Tensor).shape.slice(1, 3));
    expect(() => strideMirror(model, { every: 0 })).toThrow('every must be an integer >= 1, got 0');
  });
});

describe('strides on the host', () => {
  beforeAll(() => useBackend('cpu'));

  it('are not held after a fit that throws', async () => {
    const { pooling, model: inner } = network();
    const input = tf.input({ shape: [16, 16, 8] });
    const model = tf.model({ inputs: input, outputs: inner.apply(input) as tf.SymbolicTensor });
    model.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
    const [x, y] = [tf.mul(unitTensor(1, [8, 16, 16, 8]), 3), tf.ones([8, 8])];
    const { hostCopy } = pooling;
    const during: boolean[] = [];
    const stop = new tf.CustomCallback({
      onBatchBegin: async () => {
        during.push(hostCopy.read().isExact);
        const moved = tf.tensor1d([2.1 + during.length / 10, 2]);
        pooling.strideVariable!.assign(moved);
        during.push(hostCopy.read().isExact);
      },
      onBatchEnd: async (batch) => {
        if (batch === 1) throw new Error('stopped');
      },
    });
    const args = { batchSize: 2, verbose: 0 } as const;
    // `inner` has the strides. The fit is that of the outer model.
    await expect(
      model.fit(x, y, { ...args, callbacks: [strideMirror(inner), stop] }),
    ).rejects.toThrow('stopped');
    expect(during).toEqual([true, false, true, false]);
    pooling.setWeights([tf.tensor1d([4, 4])]);
    const rows = () => tf.tidy(() => (pooling.apply(x) as tf.Tensor).shape[1]);
    expect(rows()).toBe(pooling.outputSize([16, 16])[0]);
    // A later fit does not take up the copy again.
    const seen: boolean[] = [];
    const look = new tf.CustomCallback({
      onBatchEnd: async () => void seen.push(hostCopy.read().isExact),
    });
    await model.fit(x, y, { ...args, callbacks: look });
    expect(seen).toEqual([true, true, true, true]);
  });
});
