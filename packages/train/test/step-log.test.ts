import { useBackend } from '@ds/backend';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant, sgd, type TrainEvent, train } from '../src/index.js';
import { StepLog } from '../src/step-log.js';

const made = { epoch: 0, learningRate: 0.1, batch: 0 };

/** A step with one image of two classes, or with none. */
const step = (at: number, images: 0 | 1) => ({
  ...made,
  step: at,
  images,
  // Loss, flag, logits and labels.
  measures: images === 0 ? null : tf.tensor1d([at + 0.5, 0, 2, -1, 1, 0]),
  shapes: [[images, 2]] as [number, number][],
});

function batchOf(count: number): { images: tf.Tensor2D; labels: tf.Tensor2D } {
  const labels = tf.tidy(() => tf.slice(tf.tensor2d([1, 0, 0, 1], [2, 2]), 0, count));
  return { images: tf.ones([count, 3]), labels: labels as tf.Tensor2D };
}

describe.each(BACKENDS)('the steps that are read together, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each<(0 | 1)[][]>([[[0, 1, 0, 1]], [[1, 0]], [[0]]])('may lack images: %j', async (images) => {
    const { numTensors } = tf.memory();
    const log = new StepLog();
    for (const [at, count] of images.entries()) log.add(step(at, count));
    const found = await log.read();
    expect(log.length).toBe(0);
    expect(found).toEqual(
      images.map((count, at) => ({
        ...made,
        step: at,
        images: count,
        loss: count === 0 ? 0 : at + 0.5,
        correct: count,
        nonFinite: null,
        seconds: expect.any(Number),
      })),
    );
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('are disposed of unread, also if they lack images', () => {
    const { numTensors } = tf.memory();
    const log = new StepLog();
    log.add(step(0, 0));
    log.add(step(1, 1));
    log.dispose();
    expect(log.length).toBe(0);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('of a training give the events of single reads, also of batches without images', async () => {
    const before = tf.memory().numTensors;
    const eventsOf = async (readEvery: number) => {
      const kernelInitializer = 'ones';
      const layer = tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer });
      const model = tf.sequential({ layers: [layer] });
      const events: TrainEvent[] = [];
      const { steps } = await train(model, {
        batches: () => [2, 0, 1, 0, 0, 2, 0].map(batchOf),
        epochs: 1,
        optimizer: sgd({ momentum: 0 }),
        schedule: constant(0.1),
        readEvery,
        onEvent: (event) => events.push({ ...event, seconds: 0 }),
      });
      // Batches without images make no step.
      expect(steps).toBe(3);
      model.dispose();
      return events;
    };
    const [single, together] = [await eventsOf(1), await eventsOf(3)];
    expect(together).toEqual(single);
    expect(single.at(-1)).toMatchObject({ type: 'epoch', images: 5 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
