import { useBackend } from '@ds/backend';
import { ConfigError } from '@ds/checks';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant, evaluate, type OutputLoss, sgd, train } from '../src/index.js';
import { requireLabelValues } from '../src/require-label-values.js';

const SHARES =
  'labels must be distributions over the classes, values >= 0 with the sum 1, or zeros to ignore ' +
  'an image, got ';
const SEVERAL = "; set losses to ['binaryCrossEntropy'] if an image has several labels";
const BOUNDS = "labels must be in [0, 1] for the loss 'binaryCrossEntropy', got ";

/** A model with an output for each loss. */
function network(losses: unknown[]): tf.LayersModel {
  const input = tf.input({ shape: [2] });
  const outputs = losses.map(() => tf.layers.dense({ units: 3 }).apply(input));
  return tf.model({ inputs: input, outputs: outputs as tf.SymbolicTensor[] });
}

const third = 1 / 3;

describe('the values of labels', () => {
  beforeAll(() => useBackend('wasm'));

  it.each<[OutputLoss, number[][], tf.DataType]>([
    ['crossEntropy', [[0, 0, 1]], 'float32'],
    ['crossEntropy', [[0, 1, 0]], 'int32'],
    ['crossEntropy', [[0, 1, 0]], 'bool'],
    // Label smoothing, a mixture of two images, and rounding.
    ['crossEntropy', [[0.05, 0.05, 0.9]], 'float32'],
    ['crossEntropy', [[0.3, 0.7, 0]], 'float32'],
    ['crossEntropy', [[third, third, third]], 'float32'],
    ['crossEntropy', [[0.3333, 0.3333, 0.3333]], 'float32'],
    ['crossEntropy', [[0.33, 0.33, 0.33]], 'float32'],
    ['crossEntropy', [[0.01, 0.5, 0.5]], 'float32'],
    ['crossEntropy', [[-1e-7, 1, 0]], 'float32'],
    ['crossEntropy', [[-9e-4, 1.0009, 0]], 'float32'],
    // Rows that ignore an image.
    ['crossEntropy', [[0, 0, 0]], 'float32'],
    [
      'crossEntropy',
      [
        [0, 0, 0],
        [0, 1, 0],
      ],
      'int32',
    ],
    ['crossEntropy', [[1e-3, 1e-3, 1e-3]], 'float32'],
    ['binaryCrossEntropy', [[1, 1, 1]], 'float32'],
    ['binaryCrossEntropy', [[0, 0, 0]], 'int32'],
    ['binaryCrossEntropy', [[0.4, 0.9, 0]], 'float32'],
  ])('of %s may be %j (%s)', async (loss, rows, dtype) => {
    const model = network([loss]);
    const labels = () => tf.tensor2d(rows).asType(dtype) as tf.Tensor2D;
    const batches = function* () {
      yield { images: tf.ones([rows.length, 2]), labels: labels() };
    };
    const options = { batches, epochs: 1, optimizer: sgd(), schedule: constant(0.1) };
    expect((await train(model, { ...options, losses: [loss] })).steps).toBe(1);
    expect((await evaluate(model, batches(), { losses: [loss] })).count).toBe(rows.length);
    model.dispose();
  });

  it.each<[(OutputLoss | undefined)[], number[][][], string]>([
    [['crossEntropy'], [[[1, 1, 0]]], `${SHARES}the sum 2 for image 0 (a.png)${SEVERAL}`],
    [
      [undefined],
      [
        [
          [0, 1, 0],
          [0, 0.5, 0],
        ],
      ],
      `${SHARES}the sum 0.5 for image 1 (b.png)${SEVERAL}`,
    ],
    [['crossEntropy'], [[[1.5, -0.5, 0]]], `${SHARES}-0.5 for image 0 (a.png)${SEVERAL}`],
    [['crossEntropy'], [[[0.5, 0.52, 0]]], `${SHARES}the sum 1.02 for image 0 (a.png)${SEVERAL}`],
    [['crossEntropy'], [[[0.02, 0, 0]]], `${SHARES}the sum 0.02 for image 0 (a.png)${SEVERAL}`],
    [['crossEntropy'], [[[0, 1.005, 0]]], `${SHARES}1.005 for image 0 (a.png)${SEVERAL}`],
    [['binaryCrossEntropy'], [[[1, 2, 0]]], `${BOUNDS}2 for image 0 (a.png)`],
    [['binaryCrossEntropy'], [[[1, -0.1, 0]]], `${BOUNDS}-0.1 for image 0 (a.png)`],
    [
      ['binaryCrossEntropy', 'crossEntropy'],
      [[[1, 1, 0]], [[1, 1, 0]]],
      `${SHARES}the sum 2 for image 0 (a.png)${SEVERAL}`
        .replace('labels', 'labels[1]')
        .replace("losses to ['binaryCrossEntropy']", "losses[1] to 'binaryCrossEntropy'"),
    ],
  ])('of %j may not be %j, and leak nothing', async (losses, rows, message) => {
    const model = network(losses);
    const given = losses[0] ? { losses: losses as OutputLoss[] } : {};
    const batches = function* () {
      yield {
        images: tf.ones([rows[0]!.length, 2]),
        labels: rows.map((one) => tf.tensor2d(one)),
        files: ['a.png', 'b.png'],
      };
    };
    const options = { batches, epochs: 1, optimizer: sgd(), schedule: constant(0.1), ...given };
    const { numTensors } = tf.memory();
    await expect(train(model, options)).rejects.toThrow(new ConfigError(`train: ${message}`));
    await expect(evaluate(model, batches(), given)).rejects.toThrow(`evaluate: ${message}`);
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
  });

  it('may be rounded to two digits in float32', () => {
    // The sum of the nine float32 numbers is further than 0.01 from 1.
    const labels = tf.fill([1, 9], 0.11) as tf.Tensor2D;
    const batch = { images: tf.ones([1, 2]), labels };
    expect(() => requireLabelValues('evaluate', batch, undefined)).not.toThrow();
  });

  it('of zeros ignore their image', async () => {
    const model = network([undefined]);
    const images = tf.tensor2d([
      [1, 2],
      [3, -4],
    ]);
    // The last row is zeros.
    const labels = tf.oneHot(tf.tensor1d([1, -1], 'int32'), 3) as tf.Tensor2D;
    const first = [images, labels].map((x) => tf.slice(x, 0, 1)) as [tf.Tensor2D, tf.Tensor2D];
    const both = await evaluate(model, [{ images, labels }]);
    const alone = await evaluate(model, [{ images: first[0], labels: first[1] }]);
    expect(both.loss).toBeCloseTo(alone.loss / 2, 6);
    expect(both).toMatchObject({ count: 2, nonFinite: 0 });
    model.dispose();
  });

  it('names no file that it does not know', () => {
    const labels = tf.tensor2d([[2, 0, 0]]);
    const batch = { images: tf.ones([1, 2]), labels };
    expect(() => requireLabelValues('evaluate', batch, undefined)).toThrow(
      'the sum 2 for image 0; set',
    );
  });

  it('are not checked in rows that are not finite, which are counted', async () => {
    const model = network([undefined]);
    const labels = tf.tensor2d([
      [Number.NaN, 2, 0],
      [0, 1, 0],
    ]);
    const found = await evaluate(model, [{ images: tf.ones([2, 2]), labels }]);
    expect(found).toMatchObject({ nonFinite: 1, firstNonFinite: { image: 0, source: 'labels' } });
    model.dispose();
  });
});

describe.skipIf(lacksWebGpu)('labels on WebGPU', () => {
  beforeAll(() => useBackend('webgpu'));

  it('are checked while they wait on the host, and not read back from the device', () => {
    // tfjs computes ops of small tensors on the host.
    const waiting = tf.ones([1, 5000]) as tf.Tensor2D;
    const batch = (labels: tf.Tensor2D) => ({ images: tf.ones([1, 2]), labels });
    expect(() => requireLabelValues('train', batch(waiting), undefined)).toThrow('the sum 5000');
    const onDevice = tf.add(waiting, 1) as tf.Tensor2D;
    expect(() => requireLabelValues('train', batch(onDevice), undefined)).not.toThrow();
    tf.dispose([waiting, onDevice]);
  });
});
