import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant, evaluate, sgd, type TrainEvent, train } from '../src/index.js';
import { shardOf } from '../src/shard.js';

/** One trunk and two heads, all weights alike in every call. */
function twoHeads(): tf.LayersModel {
  const input = tf.input({ shape: [3] });
  const head = (units: number, seed: number) =>
    tf.layers
      .dense({ units, kernelInitializer: tf.initializers.randomNormal({ seed }) })
      .apply(input) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: [head(2, 1), head(3, 2)] });
}

const classesA = [0, 1, 0, 1, 0];
const classesB = [0, 1, 2, 2, 1];

function* batches() {
  yield {
    images: tf.tensor2d([
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 2],
      [0, 1, 2],
      [1, 1, 0],
    ]),
    labels: [
      tf.tidy(() => tf.oneHot(tf.tensor1d(classesA, 'int32'), 2) as tf.Tensor2D),
      tf.tidy(() => tf.oneHot(tf.tensor1d(classesB, 'int32'), 3) as tf.Tensor2D),
    ],
  };
}

/** Mean cross-entropy of logits by the definition. */
function entropy(logits: number[][], classes: number[]): number {
  const each = logits.map((row, i) => {
    const sum = row.reduce((total, z) => total + Math.exp(z), 0);
    return Math.log(sum) - row[classes[i]!]!;
  });
  return each.reduce((total, value) => total + value, 0) / each.length;
}

describe('a model with several outputs', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('is trained on the weighted sum of its losses', async () => {
    const model = twoHeads();
    const [{ images, labels }] = [...batches()] as [{ images: tf.Tensor; labels: tf.Tensor[] }];
    const [a, b] = (model.predict(images) as tf.Tensor2D[]).map((y) => y.arraySync());
    const want = 2 * entropy(a!, classesA) + 0.5 * entropy(b!, classesB);
    tf.dispose([images, ...labels]);
    const events: TrainEvent[] = [];
    await train(model, {
      batches,
      epochs: 1,
      optimizer: sgd(),
      schedule: constant(0),
      lossWeights: [2, 0.5],
      onEvent: (event) => events.push(event),
    });
    expect(events[0]!.type === 'step' && events[0]!.loss).toBeCloseTo(want, 5);
  });

  it('learns both, and is evaluated by task', async () => {
    const model = twoHeads();
    const before = tf.memory().numTensors;
    const optimizer = sgd({ momentum: 0.9 });
    const { epochs } = await train(model, {
      batches,
      evaluation: batches,
      epochs: 60,
      optimizer,
      schedule: constant(0.3),
    });
    const evaluation = epochs.at(-1)!.evaluation!;
    expect(evaluation.tasks).toHaveLength(2);
    const [first, second] = evaluation.tasks!;
    expect(evaluation.accuracy).toBeCloseTo((first!.accuracy + second!.accuracy) / 2, 10);
    expect(evaluation.loss).toBeCloseTo((first!.loss + second!.loss) / 2, 10);
    expect(second!.accuracy).toBe(1);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('wants labels for each of its outputs', async () => {
    function* wrong() {
      const [batch] = [...batches()];
      yield { images: batch!.images, labels: batch!.labels[0]! };
    }
    await expect(evaluate(twoHeads(), wrong())).rejects.toThrow(
      "evaluate: labels must be one tensor for each of the model's 2 outputs, got 1",
    );
    await expect(
      train(twoHeads(), {
        batches,
        epochs: 1,
        optimizer: sgd(),
        schedule: constant(0.1),
        lossWeights: [1, -1],
      }),
    ).rejects.toThrow('train: lossWeights[1] must be a finite number >= 0, got -1');
    await expect(
      train(twoHeads(), {
        batches,
        epochs: 1,
        optimizer: sgd(),
        schedule: constant(0.1),
        lossWeights: [1],
      }),
    ).rejects.toThrow(
      "train: lossWeights must have one value for each of the model's outputs (2), got [1]",
    );
  });

  it('is sharded with all its labels', () => {
    const parts = [0, 1].map((rank) => {
      const [batch] = [...batches()];
      const { images, labels } = shardOf(batch!, { rank, size: 2 } as never);
      return [images, ...(labels as tf.Tensor2D[])].map(({ shape }) => shape[0]);
    });
    expect(parts).toEqual([
      [2, 2, 2],
      [3, 3, 3],
    ]);
  });
});
