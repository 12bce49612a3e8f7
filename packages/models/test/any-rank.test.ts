import { useBackend } from '@ds/backend';
import {
  DiffStride1D,
  DiffStride3D,
  poolingLayer,
  SpectralPool1D,
  SpectralPool3D,
} from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { costReport, freezeReport, freezeStrides, strideVariables } from '../src/index.js';

beforeAll(() => useBackend('wasm'));

const heNormal = (seed: number) => tf.initializers.heNormal({ seed });

/** A network for sounds of `samples` values: two convolutions with a pooling each. */
function soundNetwork(samples: number): tf.LayersModel {
  const conv = (seed: number, more: object = {}) =>
    tf.layers.conv1d({
      filters: 8,
      kernelSize: 5,
      padding: 'same',
      kernelInitializer: heNormal(seed),
      ...more,
    });
  return tf.sequential({
    layers: [
      conv(1, { inputShape: [samples, 1] }),
      new DiffStride1D({ name: 'pool1', strides: 3, smoothness: 2, strideGradientScale: 20 }),
      tf.layers.reLU(),
      conv(2),
      new DiffStride1D({ name: 'pool2', strides: 2, smoothness: 2, strideGradientScale: 20 }),
      tf.layers.reLU(),
      tf.layers.globalAveragePooling1d(),
      tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: heNormal(3) }),
    ],
  });
}

/**
 * A network for films. tf.layers has no global pooling of volumes, so their pixels become a list.
 */
function filmNetwork(shape: number[]): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv3d({
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer: heNormal(1),
        inputShape: shape as [number, number, number, number],
      }),
      new DiffStride3D({
        name: 'pool',
        strides: [1.3, 2, 2],
        smoothness: 1,
        strideGradientScale: 20,
      }),
      tf.layers.reLU(),
      tf.layers.reshape({ targetShape: [-1, 8] }),
      tf.layers.globalAveragePooling1d(),
      tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: heNormal(2) }),
    ],
  });
}

/** A generator of numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Waveforms of a low or a high tone in noise, and their classes. */
function tones(count: number, samples: number, seed: number) {
  const draw = random(seed);
  const labels = Array.from({ length: count }, (_, n) => n % 2);
  const values = labels.flatMap((label) => {
    const turns = (label === 0 ? 3 : 9) + 2 * draw();
    const phase = 6.28 * draw();
    return Array.from(
      { length: samples },
      (_, i) => Math.sin((6.28 * turns * i) / samples + phase) + 0.6 * (draw() - 0.5),
    );
  });
  return { x: tf.tensor3d(values, [count, samples, 1]), labels };
}

/** Digits 1 or 0, strokes and rings, that move over a dark film. */
function digits(count: number, [frames, height, width]: number[], seed: number) {
  const draw = random(seed);
  const labels = Array.from({ length: count }, (_, n) => n % 2);
  const values = labels.flatMap((label) => {
    const [y0, x0] = [2 + 2 * draw(), 2 + 2 * draw()];
    const [dy, dx] = [draw(), draw()];
    return Array.from({ length: frames! * height! * width! }, (_, at) => {
      const t = Math.floor(at / height! / width!);
      const y = (Math.floor(at / width!) % height!) - y0 - dy * t;
      const x = (at % width!) - x0 - dx * t;
      const distance =
        label === 1 ? Math.max(Math.abs(x), Math.abs(y) - 2) : Math.abs(Math.hypot(x, y) - 2);
      return Math.max(0, 1 - distance) + 0.1 * draw();
    });
  });
  return { x: tf.tensor5d(values, [count, frames!, height!, width!, 1]), labels };
}

type Data = { x: tf.Tensor; labels: number[] };

function accuracy(model: tf.LayersModel, { x, labels }: Data): number {
  const right = tf.tidy(() => {
    const classes = tf.argMax(model.predict(x) as tf.Tensor, 1).dataSync();
    return labels.filter((label, n) => classes[n] === label).length;
  });
  return right / labels.length;
}

/** Trains all weights and strides. Returns the accuracy on data of another seed. */
function trained(model: tf.LayersModel, data: Data, test: Data, steps: number): number {
  const optimizer = tf.train.adam(0.02);
  const y = tf.oneHot(tf.tensor1d(data.labels, 'int32'), 2);
  for (let step = 0; step < steps; step++) {
    optimizer.minimize(() => {
      const found = model.apply(data.x, { training: true }) as tf.Tensor;
      return tf.losses.logLoss(y, found) as tf.Scalar;
    });
  }
  return accuracy(model, test);
}

describe('networks of one and three axes', () => {
  it('learn tones from raw waveforms, with their strides', () => {
    const model = soundNetwork(64);
    const before = strideVariables(model).map(({ strides }) => strides[0]!);
    expect(before).toEqual([3, 2]);
    expect(trained(model, tones(16, 64, 1), tones(20, 64, 2), 25)).toBeGreaterThan(0.9);
    strideVariables(model).forEach(({ strides }, at) => {
      expect(strides).toHaveLength(1);
      expect(Math.abs(strides[0]! - before[at]!)).toBeGreaterThan(0.01);
    });
  });

  it('learn moving digits, with their strides', () => {
    const shape = [4, 10, 10, 1];
    const model = filmNetwork(shape);
    expect(trained(model, digits(12, shape, 1), digits(20, shape, 2), 25)).toBeGreaterThan(0.9);
    expect(strideVariables(model)[0]!.strides).toHaveLength(3);
  });
});

/** Poolings of one and three axes, with the shape of their input. */
const POOLINGS: [string, () => tf.layers.Layer, number[]][] = [
  ['DiffStride1D', () => new DiffStride1D({ strides: 1.7, smoothness: 1 }), [13, 3]],
  ['SpectralPool1D', () => new SpectralPool1D({ strides: 3 }), [10, 2]],
  ['DiffStride3D', () => new DiffStride3D({ strides: [1.5, 2, 1.8], smoothness: 1 }), [5, 8, 7, 2]],
  [
    'DiffStride3D, channels first',
    () => new DiffStride3D({ strides: [2, 1.5, 2], smoothness: 0.5, dataFormat: 'channelsFirst' }),
    [2, 6, 5, 8],
  ],
  ['SpectralPool3D', () => new SpectralPool3D({ strides: [2, 1, 2] }), [4, 3, 6, 1]],
  [
    'DiffStride3D, symmetric',
    () => new DiffStride3D({ strides: 2, smoothness: 0.5, alignment: 'symmetric' }),
    [5, 5, 6, 2],
  ],
];

describe('freezing', () => {
  it.each(POOLINGS)('turns %s into stock layers with the same output', (_, create, shape) => {
    const input = tf.input({ shape });
    const pooling = create();
    const outputs = pooling.apply(input) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs });
    const frozen = freezeStrides(model, shape);
    const stock = freezeReport(frozen)[0]!.stock!;
    expect(new Set(stock)).toEqual(
      new Set(stock.includes('Add') ? ['Add', 'Dense', 'Permute'] : ['Dense', 'Permute']),
    );
    tf.tidy(() => {
      const x = unitTensor(4, [2, ...shape]);
      const [want, got] = [model, frozen].map((one) => one.predict(x) as tf.Tensor);
      expect(frozen.outputs[0]!.shape.slice(1)).toEqual(want!.shape.slice(1));
      expect(relativeError(got!.dataSync(), want!.dataSync())).toBeLessThan(1e-5);
    });
    frozen.dispose();
    model.dispose();
  });

  it('drops a pooling that is the identity', () => {
    const input = tf.input({ shape: [8, 2] });
    const outputs = new SpectralPool1D({ strides: 1 }).apply(input) as tf.SymbolicTensor;
    const frozen = freezeStrides(tf.model({ inputs: input, outputs }), [8, 2]);
    expect(freezeReport(frozen)[0]!.stock).toEqual([]);
  });
});

describe('the cost report', () => {
  it('counts convolutions and poolings of sounds', () => {
    const report = costReport(soundNetwork(64), [64, 1]);
    const of = (name: string) => report.find(({ layer }) => layer === name)!;
    const [first, second] = report.filter(({ layer }) => layer.startsWith('conv1d'));
    expect(first!.macs).toBe(64 * 5 * 1 * 8);
    const [width] = of('pool1').outputShape as [number];
    expect(of('pool1').macs).toBe(64 * width * 8);
    expect(second!.macs).toBe(width * 5 * 8 * 8);
  });

  it('counts convolutions and poolings of films', () => {
    const shape = [4, 10, 10, 1];
    const report = costReport(filmNetwork(shape), shape);
    const conv = report.find(({ layer }) => layer.startsWith('conv3d'))!;
    expect(conv.macs).toBe(4 * 10 * 10 * 27 * 8);
    const cube = poolingLayer('spectral', { rank: 3, strides: [2, 2, 2] });
    const input = tf.input({ shape: [6, 8, 10, 1] });
    const model = tf.model({ inputs: input, outputs: cube.apply(input) as tf.SymbolicTensor });
    const [pool] = costReport(model, [6, 8, 10, 1]);
    // Real parts, 6×8×10 to 2×4×5: the depth, the height, then the width. Thin parts come on top.
    const real = 2 * 6 * 8 * 10 + 4 * 2 * 8 * 10 + 5 * 2 * 4 * 10;
    expect(pool!.macs).toBeGreaterThan(real);
    expect(pool!.macs).toBeLessThan(2 * real);
  });
});
