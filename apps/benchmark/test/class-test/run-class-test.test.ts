import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Example, runClassTest } from '../../src/class-test/run-class-test.js';

/** A network whose logits are its input, so that a test knows every prediction. */
function identity(outputs = 1): tf.LayersModel {
  const input = tf.input({ shape: [1, 3, 1] });
  const logits = () => tf.layers.flatten().apply(input) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: Array.from({ length: outputs }, logits) });
}

/** Batches of two examples, from their logits and labels. */
function* batchesOf(examples: { logits: number[]; labels: number[] }[], outputs = 1) {
  for (let at = 0; at < examples.length; at += 2) {
    const part = examples.slice(at, at + 2);
    const labels = () => tf.tensor2d(part.map((one) => one.labels));
    yield {
      images: tf.tensor4d(
        part.flatMap(({ logits }) => logits),
        [part.length, 1, 3, 1],
      ),
      labels: outputs === 1 ? labels() : Array.from({ length: outputs }, labels),
      files: part.map((_, row) => `/data/val/${at + row}.png`),
    };
  }
}

const classes = ['a', 'b', 'c'];
const oneHot = (label: number) => classes.map((_, at) => Number(at === label));
const none = async () => null;

beforeAll(() => tf.setBackend('cpu'));

describe('runClassTest', () => {
  const examples = [
    { logits: [5, 0, 0], labels: oneHot(0) },
    { logits: [0, 2, 0], labels: oneHot(0) },
    { logits: [0, 4, 0], labels: oneHot(2) },
    { logits: [0, 0, 3], labels: oneHot(1) },
    { logits: [0, 1, 1], labels: oneHot(1) },
  ];

  it('counts predictions by class, and keeps the most confident mistakes', async () => {
    const seen: Example[] = [];
    const before = tf.memory().numTensors;
    const model = identity();
    const { version, tasks } = await runClassTest(model, batchesOf(examples), {
      tasks: [{ name: 'class', classes }],
      preview: async (example) => {
        seen.push(example);
        return 'data:,';
      },
      mistakes: 2,
      folder: '/data',
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(version).toBe(1);
    const [{ mistakes, ...task }] = tasks as [(typeof tasks)[0]];
    expect(task).toEqual({
      name: 'class',
      classes,
      count: 5,
      // Ties go to the first class.
      confusion: [
        [0, 0, 1],
        [0, 1, 1],
        [1, 1, 1],
        [1, 2, 1],
        [2, 1, 1],
      ],
    });
    const share = (logit: number) => Math.exp(logit) / (Math.exp(logit) + 2);
    expect(mistakes).toMatchObject([
      { example: 2, file: 'val/2.png', truth: 2, predicted: 1, preview: 'data:,' },
      { example: 3, file: 'val/3.png', truth: 1, predicted: 2 },
    ]);
    expect(mistakes[0]!.probability).toBeCloseTo(share(4), 4);
    expect(mistakes[1]!.probability).toBeCloseTo(share(3), 4);
    expect(seen.map(({ values, file }) => [[...values], file])).toEqual([
      [[0, 4, 0], '/data/val/2.png'],
      [[0, 0, 3], '/data/val/3.png'],
    ]);
  });

  it('counts decisions where an example has any number of labels', async () => {
    const several = [
      { logits: [2, -2, 3], labels: [1, 0, 0] },
      { logits: [-1, -2, -4], labels: [1, 0, 1] },
    ];
    const { tasks } = await runClassTest(identity(), batchesOf(several), {
      tasks: [{ name: 'heard', classes, multiLabel: true }],
      preview: none,
      mistakes: 9,
    });
    const [{ confusion, decisions, mistakes }] = tasks as [(typeof tasks)[0]];
    expect(confusion).toEqual([]);
    expect(decisions).toEqual([
      { examples: 2, found: 1, falseAlarms: 0 },
      { examples: 0, found: 0, falseAlarms: 0 },
      { examples: 1, found: 0, falseAlarms: 1 },
    ]);
    const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
    expect(mistakes.map(({ truth, predicted }) => [truth, predicted])).toEqual([
      [2, null],
      [null, 2],
      [0, null],
    ]);
    mistakes.forEach(({ probability }, i) => {
      expect(probability).toBeCloseTo(sigmoid([4, 3, 1][i]!), 4);
    });
  });

  it('has a task for each output', async () => {
    const names = ['one', 'two'];
    const { tasks } = await runClassTest(identity(2), batchesOf(examples, 2), {
      tasks: names.map((name) => ({ name, classes })),
      preview: none,
      mistakes: 1,
    });
    expect(tasks.map(({ name, count }) => [name, count])).toEqual([
      ['one', 5],
      ['two', 5],
    ]);
    expect(tasks[0]!.confusion).toEqual(tasks[1]!.confusion);
  });

  it('ends with the reason of the signal, and leaks no tensor', async () => {
    const model = identity();
    const before = tf.memory().numTensors;
    const signal = AbortSignal.abort(new Error('stop'));
    const options = { tasks: [{ name: 'class', classes }], preview: none, mistakes: 1, signal };
    await expect(runClassTest(model, batchesOf(examples), options)).rejects.toThrow('stop');
    expect(tf.memory().numTensors).toBe(before);
  });
});
