import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { TipsPool, tipsMixingLoss, tipsPool, tipsUndoLoss, tipsWeights } from '../src/index.js';

beforeAll(() => useBackend('cpu'));

const SHAPE = [2, 6, 6, 2];

function modelOf(layer: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: SHAPE.slice(1) });
  return tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
}

function mixerOf(layer: TipsPool) {
  const [kernel, scale] = layer.getWeights();
  return { kernel: kernel as tf.Tensor4D, scale: scale as tf.Tensor1D };
}

/** The losses of one training step, and the gradients of both weights. */
function step(model: tf.LayersModel, x: tf.Tensor) {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => {
      const y = model.apply(x, { training: true }) as tf.Tensor;
      return tf.addN([
        tf.mul(tf.sum(y), 0),
        ...(model.calculateLosses() as tf.Scalar[]),
      ]) as tf.Scalar;
    }, variables);
    return {
      loss: value.dataSync()[0]!,
      slopes: variables.map(({ name }) => Math.max(...tf.abs(grads[name]!).dataSync())),
    };
  });
}

describe('TipsPool', () => {
  it('adds its regularizers to the losses of a model, once for each step', () => {
    const layer = new TipsPool({ mixingLoss: 2, undoLoss: 3, maxShift: 0 });
    const model = modelOf(layer);
    const x = unitTensor(1, SHAPE) as tf.Tensor4D;
    const want = tf.tidy(() => {
      const mixer = mixerOf(layer);
      const mixing = tipsMixingLoss(tipsWeights(x, 2, mixer)).dataSync()[0]!;
      return 2 * mixing + 3 * tipsUndoLoss(x, mixer.kernel, [0, 0]).dataSync()[0]!;
    });
    const before = tf.memory().numTensors;
    for (let at = 0; at < 2; at++) {
      const { loss, slopes } = step(model, x);
      expect(loss).toBeCloseTo(want, 5);
      for (const slope of slopes) expect(slope).toBeGreaterThan(0);
    }
    expect(tf.memory().numTensors).toBe(before);
    // Inference adds no loss.
    tf.dispose(model.predict(x));
    tf.tidy(() => {
      for (const loss of model.calculateLosses()) expect(loss.dataSync()[0]).toBe(0);
    });
    layer.mixingLoss = 0;
    layer.undoLoss = 0;
    expect(step(model, x).loss).toBe(0);
    x.dispose();
  });

  it('draws a shift for each step, which seed and draws repeat', () => {
    const x = unitTensor(2, SHAPE);
    const run = (draws: number, steps: number) => {
      const layer = new TipsPool({ undoLoss: 1, seed: 4 });
      const model = modelOf(layer);
      layer.draws = draws;
      return Array.from({ length: steps }, () => step(model, x).loss);
    };
    const losses = run(0, 4);
    expect(new Set(losses).size).toBeGreaterThan(1);
    expect(run(2, 2)).toEqual(losses.slice(2));
    x.dispose();
  });

  it('frees the losses that were not read', () => {
    const before = tf.memory().numTensors;
    const model = modelOf(new TipsPool({ mixingLoss: 1 }));
    const x = unitTensor(3, SHAPE);
    for (let at = 0; at < 2; at++) tf.dispose(model.apply(x, { training: true }) as tf.Tensor);
    x.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('carries no losses into a later fit, another model or another run', async () => {
    const layer = new TipsPool({ mixingLoss: 1 });
    const [first, second] = [modelOf(layer), modelOf(layer)];
    const x = unitTensor(3, SHAPE);
    const want = step(first, x).loss;
    const train = (model: tf.LayersModel) =>
      tf.dispose(model.apply(x, { training: true }) as tf.Tensor);
    for (let at = 0; at < 3; at++) train(first);
    expect(step(second, x).loss).toBeCloseTo(want, 6);
    for (let at = 0; at < 3; at++) train(first);
    const [loss] = first.calculateLosses();
    expect(loss!.dataSync()[0]).toBeCloseTo(want, 6);

    for (let at = 0; at < 3; at++) train(first);
    second.compile({ optimizer: tf.train.sgd(0), loss: () => tf.scalar(0) });
    const y = tf.zeros([2, 3, 3, 2]);
    const { history } = await second.fit(x, y, { verbose: 0 });
    expect(history.loss![0]).toBeCloseTo(want, 6);

    for (let at = 0; at < 3; at++) train(first);
    layer.mixingLoss = 0;
    expect(step(first, x).loss).toBe(0);
    tf.dispose([x, y, loss!]);
  });

  it('adds the losses of both branches of a run', () => {
    const layer = new TipsPool({ mixingLoss: 1 });
    const inner = modelOf(layer);
    const inputs = [tf.input({ shape: SHAPE.slice(1) }), tf.input({ shape: SHAPE.slice(1) })];
    const branches = inputs.map((input) => inner.apply(input) as tf.SymbolicTensor);
    const outputs = tf.layers.add().apply(branches) as tf.SymbolicTensor;
    const twins = tf.model({ inputs, outputs });
    const x = unitTensor(3, SHAPE);
    const want = 2 * step(inner, x).loss;
    expect(step(twins, [x, x] as never).loss).toBeCloseTo(want, 6);
    x.dispose();
  });

  it('mixes a list of images with the weights of the first one', () => {
    const layer = new TipsPool();
    tf.tidy(() => {
      const [x, z] = [unitTensor(5, SHAPE), unitTensor(6, SHAPE)] as [tf.Tensor4D, tf.Tensor4D];
      const [a, b] = layer.apply([x, z] as never) as unknown as tf.Tensor[];
      expect(relativeError(a!.dataSync(), tipsPool(x, 2, mixerOf(layer)).dataSync())).toBe(0);
      const [alone] = [layer.apply(z) as tf.Tensor];
      expect(relativeError(b!.dataSync(), alone!.dataSync())).toBeGreaterThan(1e-3);
    });
  });

  it.each([
    [{ mixingLoss: -1 }, 'TipsPool: mixingLoss must be a finite number >= 0, got -1'],
    [{ maxShift: 0.5 }, 'TipsPool: maxShift must be an integer'],
    [{ strides: 1.5 }, 'TipsPool: strides must be integers'],
  ])('refuses %o', (config, message) => {
    expect(() => new TipsPool(config)).toThrow(message);
  });
});
