import { leakedTensors, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

type Symbolic = tf.SymbolicTensor;
const { layers } = tf;

const multiply = (...inputs: Symbolic[]) => layers.multiply().apply(inputs) as Symbolic;
const add = (...inputs: Symbolic[]) => layers.add().apply(inputs) as Symbolic;

/** Functions of y = 2x, as graphs and as numbers. */
const GRAPHS: [string, (y: Symbolic) => Symbolic, (y: number) => number][] = [
  ['y² + y', (y) => add(multiply(y, y), y), (y) => y * y + y],
  ['3y·y + y', (y) => add(multiply(add(y, y, y), y), y), (y) => 3 * y * y + y],
  [
    'a nested model of y² + y, plus y',
    (y) => {
      const input = tf.input({ shape: [4] });
      // The nested model takes the same image twice, and so does its first layer.
      const twice = layers.activation({ activation: 'linear' }).apply(input) as Symbolic;
      const inner = tf.model({ inputs: input, outputs: add(multiply(twice, twice), twice) });
      return add(inner.apply(y) as Symbolic, y);
    },
    (y) => y * y + 2 * y,
  ],
];

function modelOf(graph: (y: Symbolic) => Symbolic): tf.LayersModel {
  const input = tf.input({ shape: [4] });
  const scale = layers.rescaling({ scale: 2 });
  const model = tf.model({ inputs: input, outputs: graph(scale.apply(input) as Symbolic) });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(GRAPHS)('%s is right in every run of the graph', (_name, graph, f) => {
    const model = modelOf(graph);
    const isStateful = () => model.layers.map((layer) => layer.stateful);
    const before = isStateful();
    const x = unitTensor(3, [5, 4]);
    const wanted = tf.tensor(
      [...x.dataSync()].map((value) => f(2 * value)),
      [5, 4],
    );
    const runs: Record<string, () => tf.Tensor> = {
      apply: () => model.apply(x) as tf.Tensor,
      predict: () => model.predict(x, { batchSize: 2 }) as tf.Tensor,
    };
    for (const [name, run] of Object.entries(runs)) {
      const error = tf.tidy(() => tf.max(tf.abs(tf.sub(run(), wanted))).dataSync()[0]);
      expect(error, name).toBeLessThan(1e-5);
      expect(
        leakedTensors(() => run().dispose()),
        name,
      ).toBe(0);
    }
    const loss = () => model.evaluate(x, wanted) as tf.Scalar;
    expect(tf.tidy(() => loss().dataSync()[0])).toBeLessThan(1e-10);
    expect(isStateful()).toEqual(before);
    model.dispose();
    tf.dispose([x, wanted]);
  });

  it('execute returns such a tensor, and what later layers make of it', () => {
    const model = modelOf((y) => add(multiply(y, y), y));
    const names = model.layers.slice(1).map(({ output }) => (output as Symbolic).name);
    tf.tidy(() => {
      const made = model.execute(tf.ones([1, 4]), names) as tf.Tensor[];
      expect(made.map((tensor) => tensor.dataSync()[0])).toEqual([2, 4, 6]);
      expect((model.execute(tf.ones([1, 4]), names[2]!) as tf.Tensor).dataSync()[0]).toBe(6);
    });
    model.dispose();
  });
});
