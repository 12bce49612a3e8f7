import { useBackend } from '@ds/backend';
import { ConfigError } from '@ds/checks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Batches,
  constant,
  evaluate,
  type LabelledBatch,
  sgd,
  type TrainOptions,
  train,
} from '../src/index.js';

const make = (): LabelledBatch => ({
  images: tf.tensor2d([1, 0, 0, 1, 1, 1], [2, 3]),
  labels: tf.tensor2d([1, 0, 0, 1], [2, 2]),
});

const network = () =>
  tf.sequential({
    layers: [
      tf.layers.dense({
        units: 2,
        inputShape: [3],
        kernelInitializer: tf.initializers.heNormal({ seed: 1 }),
      }),
    ],
  });

const optimizer = sgd();
const options = (batches: unknown, more: Partial<TrainOptions> = {}): TrainOptions => ({
  batches: batches as TrainOptions['batches'],
  epochs: 3,
  optimizer,
  schedule: constant(0.1),
  ...more,
});

/** Sources of batches: all at once, one by one, and ahead of use. */
const MADE_IN_A_PASS: [string, () => Batches][] = [
  ['a list', () => [make(), make()]],
  [
    'a generator',
    function* () {
      yield make();
      yield make();
    },
  ],
  [
    'an asynchronous generator that is one ahead',
    async function* () {
      let next = make();
      for (let batch = 0; batch < 2; batch++) {
        const now = next;
        if (batch < 1) next = make();
        await Promise.resolve();
        yield now;
      }
    },
  ],
];

describe('tensors of batches', () => {
  beforeAll(() => useBackend('wasm'));

  it.each(MADE_IN_A_PASS)('made in a pass are disposed of: %s', async (_, source) => {
    const model = network();
    const before = tf.memory().numTensors;
    await train(model, options(source, { evaluation: source }));
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('made by the iterator that evaluate is given are disposed of', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const [, generator] = MADE_IN_A_PASS[1]!;
    expect((await evaluate(model, generator())).count).toBe(4);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it.each([
    ['a list', (list: LabelledBatch[]) => () => list],
    ['a set', (list: LabelledBatch[]) => () => new Set(list)],
    [
      'a generator',
      (list: LabelledBatch[]) =>
        function* () {
          yield* list;
        },
    ],
  ])('that were there before stay, for every epoch and after it: %s', async (_, sourceOf) => {
    const model = network();
    const list = [make(), make()];
    const before = tf.memory().numTensors;
    const source = sourceOf(list);
    const { epochs } = await train(model, options(source, { evaluation: source }));
    expect(epochs.map(({ images }) => images)).toEqual([4, 4, 4]);
    for (let again = 0; again < 2; again++) {
      expect((await evaluate(model, source())).count).toBe(4);
    }
    expect(tf.memory().numTensors).toBe(before);
    expect([...list[1]!.images.dataSync()]).toEqual([1, 0, 0, 1, 1, 1]);
    model.dispose();
  });

  it('are distinguished within a batch: labels of the caller, new images', async () => {
    const model = network();
    const labels = tf.tensor2d([1, 0, 0, 1], [2, 2]);
    const before = tf.memory().numTensors;
    const source = () => [{ images: tf.ones([2, 3]), labels }];
    await train(model, options(source, { evaluation: source }));
    expect(tf.memory().numTensors).toBe(before);
    expect(labels.isDisposed).toBe(false);
    model.dispose();
  });

  it('stay that were kept', async () => {
    const model = network();
    const made: tf.Tensor[] = [];
    const source = function* () {
      const batch = make();
      made.push(tf.keep(batch.images));
      yield batch;
    };
    await train(model, options(source));
    expect(made.map(({ isDisposed }) => isDisposed)).toEqual([false, false, false]);
    tf.dispose(made);
    model.dispose();
  });

  it('are released when a step fails', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const onEvent = () => {
      throw new Error('not heard');
    };
    await expect(
      train(
        model,
        options(() => [make()], { onEvent }),
      ),
    ).rejects.toThrow('not heard');
    for (const [rate, got] of [
      [Number.NaN, 'NaN'],
      ['0.1', '"0.1"'],
    ] as [number, string][]) {
      await expect(
        train(
          model,
          options(() => [make()], { schedule: () => rate }),
        ),
      ).rejects.toThrow(
        new ConfigError(`train: schedule must give a finite rate >= 0, got ${got} at step 0`),
      );
    }
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe('batches', () => {
  beforeAll(() => useBackend('wasm'));

  const x = () => tf.ones([2, 3]);
  it.each([
    ['an iterable of { images, labels }, got undefined', () => undefined],
    ['an iterable of { images, labels }, got 7', () => 7],
    ['an iterable of { images, labels }, got batch', () => 'batch'],
    ['an iterable of { images, labels }, got { images: tensor }', () => ({ images: x() })],
    ['{ images, labels }, tensors, got a list of 2', () => [[x(), x()]]],
    ['{ images, labels }, tensors, got { xs: tensor, ys: tensor }', () => [{ xs: x(), ys: x() }]],
    ['{ images, labels }, tensors, got { images: tensor }', () => [{ images: x() }]],
    [
      '{ images, labels }, tensors, got { images: list, labels: list }',
      () => [{ images: [x()], labels: [x()] }],
    ],
    [
      '{ images, labels }, tensors, got { images: tensor, labels: object }',
      () => [{ images: x(), labels: new Float32Array(4) }],
    ],
    ['{ images, labels }, tensors, got null', () => [null]],
    ['{ images, labels }, tensors, got a tensor of shape [2,3]', () => [x()]],
  ])('are refused that are not %s', async (message, source) => {
    const model = network();
    await expect(train(model, options(source))).rejects.toThrow(ConfigError);
    await expect(train(model, options(source))).rejects.toThrow(`train: batches must`);
    await expect(train(model, options(source))).rejects.toThrow(message);
    await expect(evaluate(model, source() as never)).rejects.toThrow(message);
    const evaluation = source as unknown as TrainOptions['evaluation'];
    await expect(
      train(
        model,
        options(() => [make()], { evaluation }),
      ),
    ).rejects.toThrow(`train: evaluation must`);
    model.dispose();
  });

  it('that are refused leave no tensor', async () => {
    const model = network();
    const malformed = [
      () => [{ images: x(), labels: [1, 0] }],
      () => [{ images: [x()], labels: [x()] }],
      () => [{ xs: x(), ys: x() }],
      () => [[x(), x()]],
      () => [x()],
    ];
    for (const source of malformed) {
      const before = tf.memory().numTensors;
      await expect(train(model, options(source))).rejects.toThrow(ConfigError);
      expect(tf.memory().numTensors).toBe(before);
    }
    // A tensor from before the pass stays.
    const own = x();
    await expect(
      train(
        model,
        options(() => [[own]]),
      ),
    ).rejects.toThrow(ConfigError);
    expect(own.isDisposed).toBe(false);
    tf.dispose(own);
    model.dispose();
  });

  it('are refused that were used up', async () => {
    const model = network();
    let cached: LabelledBatch[] | undefined;
    const source = () => {
      cached ??= [make()];
      return cached;
    };
    await expect(train(model, options(source))).rejects.toThrow(
      'train: batches must hold tensors that are not disposed of',
    );
    model.dispose();
  });
});
