import { useBackend } from '@ds/backend';
import { layersOf } from '@ds/graph';
import { DiffStride, isMaskedDepth, MaskedConv2D } from '@ds/layers';
import { relativeError } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { costReport, learnedCost } from '../src/index.js';
import { moveSizes, sizeVariables, tinyLearnedResnet, trueCost } from './tiny-learned-resnet.js';

beforeAll(() => useBackend('wasm'));

const scalarOf = (make: () => tf.Scalar) => tf.tidy(() => make().dataSync()[0]!);

describe('learnedCost', () => {
  it('is the count of costReport, at the initial sizes and at others', () => {
    const model = tinyLearnedResnet();
    const before = tf.memory().numTensors;
    expect(scalarOf(() => learnedCost(model))).toBe(trueCost(model));
    expect(tf.memory().numTensors).toBe(before);
    moveSizes(model);
    expect(scalarOf(() => learnedCost(model))).toBe(trueCost(model));
    for (const { layer } of layersOf(model)) {
      if (!isMaskedDepth(layer)) continue;
      tf.tidy(() => layer.sizeVariable!.assign(tf.tensor1d([1])));
    }
    expect(scalarOf(() => learnedCost(model))).toBe(trueCost(model));
    model.dispose();
  });

  it('has the gradients of finite differences in all real sizes', () => {
    const model = tinyLearnedResnet();
    moveSizes(model);
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

  it('counts dilated convolutions, and strides below 1', () => {
    const conv = tf.layers.conv2d({
      filters: 2,
      kernelSize: 3,
      dilationRate: 2,
      padding: 'valid',
      inputShape: [9, 8, 3],
    });
    const grow = new DiffStride({
      strides: [0.5, 0.8],
      lowerLimit: 0.5,
      alignment: 'symmetric',
      inputShape: [6, 4, 3],
    });
    for (const layer of [conv, grow]) {
      const model = tf.sequential({ layers: [layer] });
      const shape = layer.batchInputShape.slice(1) as number[];
      const want = costReport(model, shape).reduce((total, { macs }) => total + macs, 0);
      expect(scalarOf(() => learnedCost(model))).toBe(want);
      expect(scalarOf(() => learnedCost(model, { sizes: 'real' }))).toBeCloseTo(want, 3);
      model.dispose();
    }
  });

  it.each([
    ['a vector', [4]],
    ['one pixel', [1, 1, 4]],
    ['one row', [1, 8, 4]],
  ])('takes the size of a merge from every input, if %s comes first', (_what, shape) => {
    for (const merge of [tf.layers.multiply(), tf.layers.add(), tf.layers.maximum()]) {
      const [small, image] = [shape, [6, 8, 4]].map((sides) => tf.input({ shape: sides }));
      const merged = merge.apply([small!, image!]);
      const outputs = tf.layers.conv2d({ filters: 2, kernelSize: 3 }).apply(merged);
      const inputs = [small!, image!];
      const model = tf.model({ inputs, outputs: outputs as tf.SymbolicTensor });
      const want = costReport(model, [shape, [6, 8, 4]]).reduce((sum, { macs }) => sum + macs, 0);
      expect(scalarOf(() => learnedCost(model))).toBe(want);
      model.dispose();
    }
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
