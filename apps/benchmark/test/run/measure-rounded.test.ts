import { isDiffStride } from '@ds/layers';
import { freezeStrides, resnet18 } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { measureRounded } from '../../src/run/measure-rounded.js';
import { macsOf } from '../../src/run/model-cost.js';
import type { PreparedRun } from '../../src/run/prepare-run.js';

const SHAPE = [16, 16, 3];

/** The parts of a run that the measurement reads. Its test set has 6 random images. */
function runOf(pooling: string, signal?: AbortSignal) {
  const model = resnet18({
    inputShape: SHAPE as [number, number, number],
    classes: 2,
    width: 2,
    pooling,
    strides: [1, 1, 2, 2, 2],
    seed: 1,
  });
  async function* test() {
    for (let seed = 0; seed < 2; seed++) {
      yield {
        images: tf.randomNormal([3, ...SHAPE], 0, 1, 'float32', seed),
        labels: tf.tensor2d([1, 0, 0, 1, 0, 1], [3, 2]),
      };
    }
  }
  return {
    model,
    data: { shape: SHAPE, test, train: test },
    options: { signal },
  } as unknown as PreparedRun;
}

it('measures a network whose strides are integers, and leaves the trained one alone', async () => {
  const run = runOf('diffstride');
  for (const layer of run.model.layers.filter(isDiffStride))
    layer.setWeights([tf.tensor1d([1.7, 2.4])]);
  const before = tf.memory().numTensors;
  const rounded = await measureRounded(run, 3);
  expect(tf.memory().numTensors).toBe(before);
  expect([0, 1, 2, 3, 4, 5, 6].map((right) => right / 6)).toContainEqual(rounded!.accuracy);
  expect(rounded!.inferenceRate).toBeGreaterThan(0);
  expect(rounded!.statisticsImages).toBe(6);
  const frozen = freezeStrides(run.model, SHAPE, { round: true });
  expect(rounded!.macs).toBe(macsOf(frozen, SHAPE));
  expect(rounded!.macs).not.toBe(macsOf(run.model, SHAPE));
  expect(run.model.layers.filter(isDiffStride)[0]!.strides[0]).toBeCloseTo(1.7, 6);
  run.model.dispose();
});

it.each([
  ['whose strides do not learn', 'spectral'],
  ['with strided convolutions', 'conv'],
])('says nothing of a network %s', async (_, pooling) => {
  const run = runOf(pooling);
  expect(await measureRounded(run, 3)).toBeNull();
  run.model.dispose();
});

it('says nothing if the signal came before its end', async () => {
  const controller = new AbortController();
  const run = runOf('diffstride', controller.signal);
  const { test } = run.data;
  run.data.test = async function* () {
    yield* test();
    controller.abort();
    yield* test();
  };
  expect(await measureRounded(run, 3)).toBeNull();
  run.model.dispose();
});
