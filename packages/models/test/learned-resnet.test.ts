import { useBackend } from '@ds/backend';
import { layersOf } from '@ds/graph';
import { isMaskedDepth, MaskedConv2D } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  budgetLoss,
  costReport,
  freezeReport,
  freezeStrides,
  learnedCost,
  learnedResnet,
  sizeReport,
} from '../src/index.js';
import { plainModel } from './plain-model.js';

const SHAPE: [number, number, number] = [12, 9, 2];

const tiny = () =>
  learnedResnet({
    inputShape: SHAPE,
    classes: 3,
    width: 2,
    stages: 2,
    blocks: 3,
    kernelSize: 5,
    initialDepth: 1.7,
    initialExpansion: 1.3,
    smoothness: 1,
    seed: 4,
  });

/** The variables of all learned sizes, with the strides. */
const sizeVariables = (model: tf.LayersModel) =>
  model.trainableWeights
    .filter(({ originalName }) => /\/(sizes|strides)$/.test(originalName))
    .map((weight) => weight.read() as tf.Variable);

const trueCost = (model: tf.LayersModel) =>
  costReport(model, SHAPE).reduce((sum, { macs }) => sum + macs, 0);

const scalarOf = (make: () => tf.Scalar) => tf.tidy(() => make().dataSync()[0]!);

/** Moves every size by a step that depends on its place. */
function shake(model: tf.LayersModel): void {
  tf.tidy(() => {
    for (const [at, variable] of sizeVariables(model).entries()) {
      variable.assign(tf.add(variable, 0.17 * Math.sin(3 * at + 1)));
    }
  });
}

beforeAll(() => useBackend('wasm'));

describe('learnedResnet', () => {
  it('starts from the given sizes, and lists them in network order', () => {
    const model = tiny();
    const rows = sizeReport(model);
    expect(rows.map(({ kind }) => kind).slice(0, 4)).toEqual([
      'depth',
      'kernel',
      'width',
      'kernel',
    ]);
    const of = (kind: string) => rows.filter((row) => row.kind === kind);
    expect(of('kernel')).toHaveLength(12);
    expect(of('kernel')[0]!.kept).toEqual([3, 3]);
    expect(of('width').map(({ kept }) => kept[0])).toEqual([3, 3, 3, 5, 5, 5]);
    expect(of('depth').map(({ kept }) => kept)).toEqual([[2], [2]]);
    expect(of('strides').map(({ layer, kept }) => [layer, kept])).toEqual([
      ['stage2.pool', [2, 2]],
    ]);
    const x = unitTensor(1, [2, ...SHAPE]);
    const y = model.predict(x) as tf.Tensor;
    expect(y.shape).toEqual([2, 3]);
    expect(y.dataSync().every(Number.isFinite)).toBe(true);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('freezes to stock layers of the kept sizes, which cost the same', async () => {
    const model = tiny();
    shake(model);
    const frozen = freezeStrides(model, SHAPE);
    const x = unitTensor(1, [2, ...SHAPE]);
    const want = (model.predict(x) as tf.Tensor).dataSync();
    const loaded = await plainModel(frozen);
    expect(relativeError((loaded.predict(x) as tf.Tensor).dataSync(), want)).toBeLessThan(1e-5);
    const convolutions = freezeReport(frozen).filter(({ stock }) => `${stock}` === 'Conv2D');
    const kept = sizeReport(model).filter(({ kind }) => kind === 'depth');
    const blocks = kept.reduce((sum, { kept: [depth] }) => sum + depth!, 0);
    expect(convolutions).toHaveLength(2 * blocks);
    const first = sizeReport(model).find(({ layer }) => layer.endsWith('block0.conv1'))!;
    const twin = frozen.layers.find(({ name }) => name.endsWith('stage1.block0.conv1'))!;
    expect(twin.getConfig().kernelSize).toEqual(first.kept);
    const costs = (of: tf.LayersModel) =>
      costReport(of, SHAPE)
        .filter(({ layer }) => layer.includes('block'))
        .reduce((sum, { macs }) => sum + macs, 0);
    expect(costs(frozen)).toBe(costs(model));
  });

  it('freezes a layer that does not crop with channels of zeros', () => {
    const config = { filters: 4, kernelSize: 3, initialFilters: 2, cropping: false, seed: 1 };
    const model = tf.sequential({
      layers: [new MaskedConv2D({ ...config, inputShape: [4, 4, 1] })],
    });
    const frozen = freezeStrides(model, [4, 4, 1]);
    const x = unitTensor(1, [1, 4, 4, 1]);
    const [want, got] = [model, frozen].map((one) => (one.predict(x) as tf.Tensor).dataSync());
    expect([...got!]).toEqual([...want!]);
  });

  it('names the option that does not fit', () => {
    const options = { inputShape: SHAPE, classes: 2 };
    expect(() => learnedResnet({ ...options, kernelSize: 3, initialKernelSize: 5 })).toThrow(
      'learnedResnet: initialKernelSize must be <= kernelSize (3), got 5',
    );
    expect(() => learnedResnet({ ...options, strides: [2] })).toThrow(
      'learnedResnet: strides must be 2 numbers, one for each stage but the first, got [2]',
    );
  });
});

describe('learnedCost', () => {
  it('is the count of costReport, at the initial sizes and at others', () => {
    const model = tiny();
    const before = tf.memory().numTensors;
    expect(scalarOf(() => learnedCost(model))).toBe(trueCost(model));
    expect(tf.memory().numTensors).toBe(before);
    shake(model);
    expect(scalarOf(() => learnedCost(model))).toBe(trueCost(model));
    for (const { layer } of layersOf(model)) {
      if (!isMaskedDepth(layer)) continue;
      tf.tidy(() => layer.sizeVariable!.assign(tf.tensor1d([1])));
    }
    expect(scalarOf(() => learnedCost(model))).toBe(trueCost(model));
    model.dispose();
  });

  it('has the gradients of finite differences in all real sizes', () => {
    const model = tiny();
    shake(model);
    const loss = () => learnedCost(model, { sizes: 'real' });
    const variables = sizeVariables(model);
    const { value, grads } = tf.variableGrads(loss, variables);
    for (const variable of variables) {
      const values = variable.dataSync().slice();
      const numeric = Array.from(values, (_, at) => {
        const moved = (offset: number) => {
          const other = values.slice();
          other[at] = values[at]! + offset;
          tf.tidy(() => variable.assign(tf.tensor1d(other)));
          return scalarOf(loss);
        };
        return (moved(2e-3) - moved(-2e-3)) / 4e-3;
      });
      tf.tidy(() => variable.assign(tf.tensor1d(values)));
      const slopes = grads[variable.name]?.dataSync();
      // Blocks that do not count have no gradient.
      if (!slopes) expect(numeric.every((slope) => slope === 0)).toBe(true);
      else expect(relativeError(slopes, numeric)).toBeLessThan(5e-3);
    }
    tf.dispose([value, grads]);
    model.dispose();
  });

  it('passes through the rounding with the gradient of the product', () => {
    const layer = new MaskedConv2D({
      filters: 6,
      kernelSize: 5,
      initialKernelSize: 3.4,
      inputShape: [4, 5, 2],
    });
    const model = tf.sequential({ layers: [layer] });
    tf.tidy(() => layer.sizeVariable!.assign(tf.tensor1d([3.4 / 5, 4.2 / 5, 4.6 / 6])));
    const { value, grads } = tf.variableGrads(() => learnedCost(model), [layer.sizeVariable!]);
    const pixels = 4 * 5 * 2;
    expect(value.dataSync()[0]).toBe(pixels * 3 * 5 * 5);
    const slopes = Object.values(grads)[0]!.dataSync();
    const want = [pixels * 5 * 5 * 5, pixels * 3 * 5 * 5, pixels * 3 * 5 * 6];
    expect(relativeError(slopes, want)).toBeLessThan(1e-6);
  });

  it('names a layer whose cost it does not know', () => {
    const model = tf.sequential({
      layers: [tf.layers.lstm({ name: 'memory', units: 2, inputShape: [3, 2] })],
    });
    expect(() => learnedCost(model)).toThrow(
      'learnedCost: model must have layers whose cost is known as a function of sizes, ' +
        'got memory (LSTM)',
    );
  });
});

describe('budgetLoss', () => {
  it('draws the true cost to the budget while the network learns', () => {
    const model = tiny();
    const macs = 0.4 * trueCost(model);
    const penalty = budgetLoss(model, macs, { lambda: 2 });
    const optimizer = tf.train.adam(0.01);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const [x, labels] = [unitTensor(1, [6, ...SHAPE]), tf.oneHot([0, 1, 2, 0, 1, 2], 3)];
    const fit = () =>
      tf.losses.softmaxCrossEntropy(
        labels,
        model.apply(x, { training: true }) as tf.Tensor,
      ) as tf.Scalar;
    const first = scalarOf(fit);
    for (let step = 0; step < 50; step++) {
      optimizer.minimize(() => tf.add(fit(), penalty()), false, variables);
    }
    expect(Math.abs(trueCost(model) / macs - 1)).toBeLessThan(0.1);
    expect(scalarOf(fit)).toBeLessThan(first / 2);
    tf.dispose([x, labels]);
    optimizer.dispose();
    model.dispose();
  });

  it('lets a network below the budget grow', () => {
    const model = tiny();
    const macs = 2 * trueCost(model);
    const optimizer = tf.train.adam(0.01);
    const penalty = budgetLoss(model, macs);
    for (let step = 0; step < 40; step++) {
      optimizer.minimize(penalty, false, sizeVariables(model));
    }
    expect(Math.abs(trueCost(model) / macs - 1)).toBeLessThan(0.1);
    optimizer.dispose();
    model.dispose();
  });
});
