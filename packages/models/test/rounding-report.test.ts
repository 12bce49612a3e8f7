import { useBackend } from '@ds/backend';
import { AsapPool, DctDiffStride, DctPool, DiffStride, FlcPool, SpectralPool } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides, roundedPoolings, roundingReport } from '../src/index.js';

function classifier(strides: [number, number]): tf.LayersModel {
  const kernelInitializer = tf.initializers.heNormal({ seed: 3 });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [18, 20, 1], kernelInitializer }),
      new DiffStride({ name: 'pool', strides, smoothness: 1 }),
      tf.layers.reLU(),
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      tf.layers.dense({ units: 3, kernelInitializer: tf.initializers.heNormal({ seed: 4 }) }),
    ],
  });
}

const modelOf = (layer: tf.layers.Layer) =>
  tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [12, 12, 1] }), layer] });

describe('roundingReport', () => {
  beforeAll(() => useBackend('wasm'));

  it('compares a model with its rounded copy, image by image', () => {
    const model = classifier([2.6, 1.7]);
    // More than one batch, and the last one is not full.
    const images = unitTensor(5, [70, 18, 20, 1]);
    const labels = tf.tensor1d(
      Array.from({ length: 70 }, (_, at) => at % 3),
      'int32',
    );
    const rounded = freezeStrides(model, [18, 20, 1], { round: true });
    const [mine, theirs] = [model, rounded].map((one) =>
      Array.from((one.predict(images) as tf.Tensor).argMax(1).dataSync()),
    ) as [number[], number[]];
    const before = tf.memory().numTensors;
    const report = roundingReport(model, images, labels);
    expect(tf.memory().numTensors).toBe(before);
    const part = (of: (at: number) => boolean) => mine.filter((_, at) => of(at)).length / 70;
    expect(report).toEqual({
      images: 70,
      accuracy: part((at) => mine[at] === at % 3),
      roundedAccuracy: part((at) => theirs[at] === at % 3),
      agreement: part((at) => mine[at] === theirs[at]),
      poolings: [
        {
          layer: 'pool',
          learned: [Math.fround(2.6), Math.fround(1.7)],
          // Of 16 rows the mask keeps 2·⌈1 + 16/5.2⌉, of 18 columns 2·⌊1 + 18/3.4 + 1⌋.
          learnedSize: [10, 14],
          rounded: [2, 1],
          roundedSize: [8, 18],
          taps: [14, 9],
          energy: expect.any(Number),
        },
      ],
    });
    // Neither all images nor none are the same, so the numbers are informative.
    expect(report.agreement).toBeGreaterThan(0.5);
    expect(report.poolings[0]!.energy).toBeGreaterThan(0.8);
    expect(report.poolings[0]!.energy).toBeLessThanOrEqual(1);
  });

  it('measures a copy that it is given, and leaves it', () => {
    const model = classifier([2.6, 1.7]);
    const images = unitTensor(5, [9, 18, 20, 1]);
    const labels = tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1, 2], 'int32');
    const rounded = freezeStrides(model, [18, 20, 1], { round: true });
    // A bias that decides for class 2.
    const [kernel] = rounded.layers.at(-1)!.getWeights();
    rounded.layers.at(-1)!.setWeights([kernel!, tf.tensor1d([0, 0, 1e6])]);
    const report = roundingReport(model, images, labels, { rounded });
    expect(report.roundedAccuracy).toBeCloseTo(1 / 3, 12);
    expect(report.poolings).toEqual(roundingReport(model, images, labels).poolings);
    expect(report.poolings).toEqual(roundedPoolings(rounded));
    expect((rounded.predict(images) as tf.Tensor).shape).toEqual([9, 3]);
    expect(() => roundingReport(model, images, labels, { rounded: model })).toThrow(
      'roundingReport: rounded must be a result of freezeStrides in this program',
    );
  });

  it('refuses a copy for other images or with other classes', () => {
    const [model, images] = [classifier([2.6, 1.7]), unitTensor(5, [2, 18, 20, 1])];
    const labels = tf.tensor1d([0, 1], 'int32');
    const frozenOf = (inputShape: number[], units: number) =>
      freezeStrides(
        tf.sequential({
          layers: [tf.layers.flatten({ inputShape }), tf.layers.dense({ units })],
        }),
        inputShape,
      );
    expect(() =>
      roundingReport(model, images, labels, { rounded: frozenOf([16, 20, 1], 3) }),
    ).toThrow(
      'roundingReport: rounded must be frozen for the shape of the images, ' +
        'got [null, 16, 20, 1]',
    );
    expect(() =>
      roundingReport(model, images, labels, { rounded: frozenOf([18, 20, 1], 4) }),
    ).toThrow(
      'roundingReport: rounded must have the output of the model, [null, 3], ' + 'got [null, 4]',
    );
  });

  it('leaves poolings of cosine transforms exact', () => {
    const x = unitTensor(2, [1, 12, 12, 1]);
    for (const layer of [new DctPool({ strides: 2.5 }), new DctDiffStride({ strides: 2.5 })]) {
      const model = modelOf(layer);
      const rounded = freezeStrides(model, [12, 12, 1], { round: true });
      const [want, got] = [model, rounded].map((one) => (one.predict(x) as tf.Tensor).dataSync());
      expect(relativeError(got!, want!)).toBeLessThan(1e-5);
    }
  });

  it('takes poolings with an output size', () => {
    const x = unitTensor(2, [1, 12, 12, 1]);
    for (const layer of [
      new FlcPool({ outputSize: [6, 4] }),
      new AsapPool({ outputSize: 4 }),
      new SpectralPool({ outputSize: 4 }),
    ]) {
      const rounded = freezeStrides(modelOf(layer), [12, 12, 1], { round: true });
      expect((rounded.predict(x) as tf.Tensor).shape.slice(1, 3)).toEqual(
        layer instanceof FlcPool ? [6, 4] : [4, 4],
      );
    }
  });

  it('refuses labels and models that do not suit', () => {
    const model = classifier([2, 2]);
    const images = unitTensor(1, [2, 18, 20, 1]);
    expect(() => roundingReport(model, images, tf.tensor1d([1]))).toThrow(
      'roundingReport: labels must have one class per image, 2, got 1',
    );
    expect(() => roundingReport(model, images, tf.tensor1d(['0', '1']))).toThrow(
      'roundingReport: labels must be the classes as numbers, got string',
    );
    for (const wrong of [-1, 0.5, 99, Number.NaN]) {
      expect(() => roundingReport(model, images, tf.tensor1d([0, wrong]))).toThrow(
        /^roundingReport: labels must be integers from 0 to \d+, got /,
      );
    }
    expect(() => roundingReport(model, unitTensor(1, [2, 9, 20, 1]), tf.tensor1d([1, 2]))).toThrow(
      "roundingReport: images must have the shape of the model's input, " +
        '[null, 18, 20, 1], got [2,9,20,1]',
    );
    const image = tf.input({ shape: [4, 4, 1] });
    const maps = tf.model({
      inputs: image,
      outputs: new DiffStride({ smoothness: 1 }).apply(image) as tf.SymbolicTensor,
    });
    expect(() => roundingReport(maps, unitTensor(1, [2, 4, 4, 1]), tf.tensor1d([1, 2]))).toThrow(
      'roundingReport: model must have one output [batch, classes], got [',
    );
  });
});
