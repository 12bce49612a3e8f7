import { poolingNames } from '@ds/layers';
import { audioCnn, freezeStrides, resnet18, resnet56 } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toOnnx } from '../../src/index.js';
import { batchFor } from '../batch-for.js';
import { expectEqual } from '../expect-equal.js';
import { runOnnx } from '../run-onnx.js';
import { stirred } from '../stirred.js';

beforeAll(() => tf.setBackend('cpu'));

const RESNET = { inputShape: [17, 18, 3] as [number, number, number], classes: 5, width: 4 };

/** Predictions of a model as a list. */
function predictions(model: tf.LayersModel, inputs: tf.Tensor[]): tf.Tensor[] {
  return [model.predict(inputs)].flat() as tf.Tensor[];
}

/** The model in ONNX computes what the model in tfjs computes. */
async function expectSame(model: tf.LayersModel, tolerance = 1e-5, options = {}) {
  const file = toOnnx(model, options);
  for (const batch of [1, 3]) {
    const inputs = batchFor(model, batch);
    expectEqual(await runOnnx(file, inputs), predictions(model, inputs), tolerance);
  }
}

describe('toOnnx', () => {
  it.each(['conv', ...poolingNames()])('writes a ResNet-18 with %s', async (pooling) => {
    const strides = [1, 1, 2, 2, 1];
    const poolingConfig = pooling === 'diffstride' ? { smoothness: 2 } : {};
    const model = stirred(resnet18({ ...RESNET, pooling, strides, poolingConfig, seed: 3 }));
    await expectSame(model);
  });
});
