import { useBackend } from '@ds/backend';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { correctPredictions, evaluate, predictionsWithin } from '../src/index.js';

const { NaN: none, POSITIVE_INFINITY: infinity } = Number;

/** A model that returns its input as logits. */
function echo(classes: number): tf.LayersModel {
  const identity = tf.layers.activation({ activation: 'linear', inputShape: [classes] });
  return tf.sequential({ layers: [identity] });
}

const oneHot = (classes: number, labels: number[]) =>
  tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat() as tf.Tensor2D);

describe.each(BACKENDS)('predictions that are not finite, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('are wrong however many are let in', () => {
    tf.tidy(() => {
      // Of five classes the right one is always among the first five, unless the row is not finite.
      const rows = [
        [0, 1, 2, 3, 4],
        [none, none, none, none, none],
        [0, 1, none, 3, 4],
        [0, 1, 2, 3, infinity],
        [-infinity, 1, 2, 3, 4],
      ];
      const logits = tf.tensor2d(rows);
      const labels = oneHot(5, [4, 0, 4, 4, 4]);
      expect(correctPredictions(logits, labels)).toBe(1);
      expect(predictionsWithin(5, logits, labels)).toBe(1);
      const unknown = tf.tensor2d([[0, none, 1]]);
      expect(correctPredictions(tf.tensor2d([[1, 2, 3]]), unknown)).toBe(0);
    });
  });

  it('are distinguished from the right ones by labels of any type', async () => {
    const model = echo(3);
    const evaluationOf = (dtype: 'float32' | 'int32' | 'bool') => {
      const images = tf.tensor2d([
        [0, 1, 2],
        [0, none, 1],
        [3, 1, 2],
      ]);
      return evaluate(model, [{ images, labels: oneHot(3, [2, 2, 1]).asType(dtype) }]);
    };
    const { loss: _, ...want } = await evaluationOf('float32');
    expect(want).toMatchObject({ accuracy: 1 / 3, nonFinite: 1, count: 3 });
    expect(await evaluationOf('int32')).toMatchObject(want);
    expect(await evaluationOf('bool')).toMatchObject(want);
    model.dispose();
  });

  it('are counted by an evaluation, and the first is named', async () => {
    const model = echo(2);
    const before = tf.memory().numTensors;
    const batch = (rows: number[][], files?: string[]) => ({
      images: tf.tensor2d(rows),
      labels: oneHot(
        2,
        rows.map(() => 1),
      ),
      files,
    });
    const made = function* () {
      yield batch([
        [0, 1],
        [2, 1],
      ]);
      yield batch(
        [
          [0, 1],
          [none, 1],
          [0, -infinity],
        ],
        ['a.wav', 'b.wav', 'c.wav'],
      );
    };
    const found = await evaluate(model, made());
    expect(found).toMatchObject({ accuracy: 2 / 5, top5: 3 / 5, nonFinite: 2, count: 5 });
    expect(found.firstNonFinite).toEqual({ batch: 1, image: 1, source: 'images', file: 'b.wav' });
    expect(found.loss).not.toBeLessThan(infinity);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('are those of a model whose weights are not, and none of a healthy one', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] });
    const batches = () => [{ images: tf.ones([4, 2]), labels: oneHot(3, [0, 1, 2, 0]) }];
    const healthy = await evaluate(model, batches());
    expect(healthy).toMatchObject({ nonFinite: 0, top5: 1 });
    expect(healthy).not.toHaveProperty('firstNonFinite');
    model.setWeights([tf.fill([2, 3], none), tf.zeros([3])]);
    const spoiled = await evaluate(model, batches());
    expect(spoiled).toMatchObject({ accuracy: 0, top5: 0, nonFinite: 4 });
    expect(spoiled.firstNonFinite).toEqual({ batch: 0, image: 0, source: 'logits' });
    model.dispose();
  });

  it('are seen in the image where a layer hides them', async () => {
    const model = tf.sequential({
      layers: [tf.layers.activation({ activation: 'relu', inputShape: [2] })],
    });
    const images = tf.tensor2d([0, 1, -infinity, 1], [2, 2]);
    const found = await evaluate(model, [{ images, labels: oneHot(2, [1, 1]) }]);
    expect(found).toMatchObject({ accuracy: 0.5, nonFinite: 1 });
    expect(found.firstNonFinite).toMatchObject({ image: 1, source: 'images' });
    model.dispose();
  });

  it('count once of several outputs, and by output', async () => {
    const input = tf.input({ shape: [2] });
    const dense = (name: string) => tf.layers.dense({ name, units: 2, useBias: false });
    const outputs = ['a', 'b'].map((name) => dense(name).apply(input) as tf.SymbolicTensor);
    const model = tf.model({ inputs: input, outputs });
    model.getLayer('b').setWeights([tf.fill([2, 2], none)]);
    const labels = [oneHot(2, [0, 1]), oneHot(2, [0, 1])];
    const found = await evaluate(model, [{ images: tf.ones([2, 2]), labels }]);
    expect(found.nonFinite).toBe(2);
    expect(found.tasks!.map(({ nonFinite }) => nonFinite)).toEqual([0, 2]);
    expect(found.tasks![1]).toMatchObject({ accuracy: 0, top5: 0 });
    model.dispose();
  });
});

describe('a signal', () => {
  const four = () =>
    Array.from({ length: 4 }, () => ({ images: tf.ones([2, 2]), labels: oneHot(2, [0, 1]) }));

  it('marks what it cuts, and nothing else', async () => {
    await useBackend('wasm');
    const model = echo(2);
    const cutAfter = (batches: number) => {
      const controller = new AbortController();
      function* source() {
        for (const [i, batch] of four().entries()) {
          yield batch;
          if (i + 1 === batches) controller.abort();
        }
      }
      return evaluate(model, source(), { signal: controller.signal });
    };
    expect(await cutAfter(2)).toMatchObject({ count: 4, stopped: true });
    const whole = await evaluate(model, four());
    expect(whole).not.toHaveProperty('stopped');
    expect(await cutAfter(4)).toEqual(whole);
  });
});
