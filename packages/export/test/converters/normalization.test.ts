import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { toGraphModel, toOnnx } from '../../src/index.js';
import { batchFor } from '../batch-for.js';
import { expectEqual } from '../expect-equal.js';
import { runGraphModel } from '../run-graph-model.js';
import { runOnnx } from '../run-onnx.js';
import { stirred } from '../stirred.js';

beforeAll(() => tf.setBackend('cpu'));

// tfjs's own kernel on cpu takes each statistic for one of the last axis, so it is no reference.
it('BatchNormalization along the height is γ (x − μ)/√(σ² + ε) + β for each row', async () => {
  const layer = tf.layers.batchNormalization({ axis: 1, inputShape: [4, 3, 2], epsilon: 0.01 });
  const model = stirred(tf.sequential({ layers: [layer] }));
  const [x] = batchFor(model, 2);
  const byRow = layer.getWeights().map((weight) => tf.reshape(weight, [4, 1, 1]));
  const [gamma, beta, mean, variance] = byRow as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const unit = tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, 0.01)));
  const wanted = [tf.add(tf.mul(unit, gamma), beta)];
  expectEqual(await runOnnx(toOnnx(model), [x!]), wanted, 1e-6);
  expectEqual(await runGraphModel(toGraphModel(model), [x!]), wanted, 1e-6);
});

it('BatchNormalization takes its axis as a list, as Keras writes it', async () => {
  const layer = tf.layers.batchNormalization({ axis: [2] as never, inputShape: [3, 4] });
  const model = stirred(tf.sequential({ layers: [layer] }));
  const [x] = batchFor(model, 2);
  const plain = tf.sequential({ layers: [tf.layers.batchNormalization({ inputShape: [3, 4] })] });
  plain.setWeights(model.getWeights());
  const wanted = [plain.predict(x!) as tf.Tensor];
  expectEqual(await runOnnx(toOnnx(model), [x!]), wanted, 1e-6);
  expectEqual(await runGraphModel(toGraphModel(model), [x!]), wanted, 1e-6);
});

it('a model in ONNX keeps its statistics as they are with float16', async () => {
  const layer = tf.layers.batchNormalization({ inputShape: [2] });
  const model = tf.sequential({ layers: [layer] });
  const weights = [
    [1, 1],
    [0, 0],
    [0, 0],
    [1e-9, 1e6],
  ].map((values) => tf.tensor1d(values));
  layer.setWeights(weights);
  const [x] = batchFor(model, 3);
  const wanted = [model.predict(x!) as tf.Tensor];
  expectEqual(await runOnnx(toOnnx(model, { float16: true }), [x!]), wanted, 1e-6);
  expect(toOnnx(model, { float16: true })).toEqual(toOnnx(model));
});
