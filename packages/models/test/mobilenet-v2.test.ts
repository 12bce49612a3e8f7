import { useBackend } from '@ds/backend';
import { poolingNames } from '@ds/layers';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  costReport,
  freezeStrides,
  type MobilenetV2Options,
  mobilenetV2,
  strideVariables,
} from '../src/index.js';

beforeAll(() => useBackend('wasm'));

/** Rows of table 2: t, c, n, s. */
const TABLE = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** The number of a network's kernels, BN scales and offsets, and multiply-adds, by definition. */
function byHand(width: number, size = 224, classes = 1000) {
  const divisible = (filters: number) => {
    const near = Math.max(8, Math.floor((filters * width + 4) / 8) * 8);
    return near < 0.9 * filters * width ? near + 8 : near;
  };
  let [kernels, norms, macs, side] = [0, 0, 0, size / 2];
  const conv = (weights: number, outputs: number) => {
    kernels += weights;
    norms += 2 * outputs;
    macs += weights * side * side;
  };
  let channels = divisible(32);
  conv(27 * channels, channels);
  for (const [t, c, n, s] of TABLE) {
    for (let block = 0; block < n; block++) {
      const wide = t * channels;
      if (t > 1) conv(channels * wide, wide);
      if (block === 0) side /= s;
      conv(9 * wide, wide);
      const outputs = divisible(c);
      conv(wide * outputs, outputs);
      channels = outputs;
    }
  }
  const last = width > 1 ? divisible(1280) : 1280;
  conv(channels * last, last);
  const dense = last * classes;
  return { parameters: kernels + norms + dense + classes, norms, macs: macs + dense };
}

const count = (weights: tf.LayersModel['weights']) =>
  weights.reduce((total, { shape }) => total + shape.reduce<number>((n, m) => n * m!, 1), 0);

const SMALL: MobilenetV2Options = {
  inputShape: [32, 32, 3],
  classes: 3,
  width: 0.1,
  strides: [1, 1, 2, 2, 2, 1, 2, 1],
  seed: 1,
};
const SMOOTH = { poolingConfig: { smoothness: 1 } };

describe('mobilenetV2', () => {
  // Published by TensorFlow: millions of weights without BN, and of multiply-adds.
  it.each([
    [0.35, 1.66, 59],
    [0.5, 1.95, 97],
    [0.75, 2.61, 209],
    [1, 3.47, 300],
    [1.3, 5.34, 509],
    [1.4, 6.06, 582],
  ])('has the published parameters and multiply-adds at width %d', (width, weights, macs) => {
    const hand = byHand(width);
    expect(((hand.parameters - hand.norms) / 1e6).toFixed(2)).toBe(weights.toFixed(2));
    expect(Math.floor(hand.macs / 1e6)).toBe(macs);
    const shape: [number, number, number] = [224, 224, 3];
    const model = mobilenetV2({ inputShape: shape, classes: 1000, width, pooling: 'conv' });
    expect(count(model.trainableWeights)).toBe(hand.parameters);
    // BN also keeps a mean and a variance for each channel.
    expect(model.countParams()).toBe(hand.parameters + hand.norms);
    model.dispose();
  });

  it('has 3,504,872 parameters and 300,774,272 multiply-adds at width 1', () => {
    const { parameters, norms, macs } = byHand(1);
    // Those of torchvision, and of Keras with the moving averages.
    expect([parameters, parameters + norms, macs]).toEqual([3_504_872, 3_538_984, 300_774_272]);
  });

  it('counts the multiply-adds of its definition in the cost report', () => {
    const shape: [number, number, number] = [64, 64, 3];
    const model = mobilenetV2({ inputShape: shape, classes: 10, width: 0.5, pooling: 'conv' });
    const report = costReport(model, shape);
    const { parameters, norms, macs } = byHand(0.5, 64, 10);
    expect(report.reduce((total, row) => total + row.macs, 0)).toBe(macs);
    expect(report.reduce((total, row) => total + row.parameters, 0)).toBe(parameters + norms);
    const sizes = report.filter(({ layer }) => layer.endsWith('project.conv'));
    expect(sizes).toHaveLength(17);
    expect(sizes.at(-1)!.outputShape).toEqual([2, 2, 160]);
    expect(report.filter(({ layer }) => layer.endsWith('.add'))).toHaveLength(10);
    model.dispose();
  });

  it('pools in place of the four strided depthwise convolutions', () => {
    const model = mobilenetV2({ ...SMALL, ...SMOOTH });
    expect(strideVariables(model).map(({ layer, strides }) => [layer, ...strides])).toEqual(
      [2, 3, 4, 6].map((stage) => [`stage${stage}.block0.pool`, 2, 2]),
    );
    const strided = model.layers.filter((layer) =>
      [layer.getConfig().strides].flat().some((s) => layer.name.endsWith('conv') && s !== 1),
    );
    expect(strided).toEqual([]);
    model.dispose();
  });

  it('places a pooling before or after BN and ReLU6, as its traits say', () => {
    const inputOf = (pooling: string) => {
      const model = mobilenetV2({ ...SMALL, pooling });
      const input = model.getLayer('stage2.block0.pool').input as tf.SymbolicTensor;
      const { name } = input.sourceLayer;
      model.dispose();
      return name;
    };
    expect(inputOf('spectral')).toBe('stage2.block0.depthwise.conv');
    expect(inputOf('blur')).toBe('stage2.block0.depthwise.relu6');
  });

  it.each(['conv', ...poolingNames()])('runs with %s', (pooling) => {
    const before = tf.memory().numTensors;
    const model = mobilenetV2({ ...SMALL, pooling, ...(pooling === 'diffstride' && SMOOTH) });
    tf.tidy(() => {
      const y = model.predict(unitTensor(1, [2, 32, 32, 3])) as tf.Tensor;
      expect(y.shape).toEqual([2, 3]);
      expect([...y.dataSync()].every(Number.isFinite)).toBe(true);
    });
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('trains on wasm, saves, loads and freezes', async () => {
    const inputShape: [number, number, number] = [16, 16, 3];
    const strides = [1, 1, 2, 2, 1, 1, 2, 1];
    const options = { ...SMALL, ...SMOOTH, inputShape, strides, weightDecay: 1e-4 };
    const model = mobilenetV2(options);
    const x = unitTensor(2, [3, ...inputShape]);
    const y = tf.oneHot(tf.tensor1d([0, 1, 2], 'int32'), 3);
    const loss = (labels: tf.Tensor, logits: tf.Tensor) =>
      tf.losses.softmaxCrossEntropy(labels, logits);
    model.compile({ optimizer: tf.train.adam(0.005), loss });
    const depthwise = model.getLayer('stage4.block1.depthwise.conv').getWeights()[0]!;
    const start = [...depthwise.dataSync()];
    const { history } = await model.fit(x, y, { epochs: 4, shuffle: false, verbose: 0 });
    expect(history.loss!.at(-1)).toBeLessThan(history.loss![0] as number);
    const [learned] = model.getLayer('stage4.block1.depthwise.conv').getWeights();
    expect([...learned!.dataSync()]).not.toEqual(start);
    for (const { strides } of strideVariables(model)) expect(strides).not.toEqual([2, 2]);

    const want = (model.predict(x) as tf.Tensor).dataSync();
    let saved: tf.io.ModelArtifacts = {};
    const keep = tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    await model.save(keep);
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));
    expect([...(loaded.predict(x) as tf.Tensor).dataSync()]).toEqual([...want]);
    const frozen = freezeStrides(model, inputShape);
    const got = (frozen.predict(x) as tf.Tensor).dataSync();
    const largest = Math.max(...want.map(Math.abs));
    want.forEach((value, i) => {
      expect(Math.abs(got[i]! - value)).toBeLessThan(1e-5 * largest);
    });
  });

  it('starts depthwise kernels He-normal over 9 inputs, and again from a seed', () => {
    const kernels = [1, 1, 2].map((seed) => {
      const model = mobilenetV2({ ...SMALL, width: 0.5, seed });
      const values = model.getLayer('stage6.block1.depthwise.conv').getWeights()[0]!.dataSync();
      model.dispose();
      return [...values];
    });
    expect(kernels[0]).toEqual(kernels[1]);
    expect(kernels[0]).not.toEqual(kernels[2]);
    const variance = kernels[0]!.reduce((sum, w) => sum + w * w, 0) / kernels[0]!.length;
    // tfjs cuts the normal distribution at two deviations, which leaves 0.774 of the variance.
    expect(variance / (2 / 9)).toBeGreaterThan(0.65);
    expect(variance / (2 / 9)).toBeLessThan(1.1);
  });

  it('adds the input in a first block at stride 1 with equal filters, as published', () => {
    const model = mobilenetV2({ ...SMALL, strides: [1, 1, 1, 2, 2, 1, 2, 1], pooling: 'conv' });
    const names = model.layers.map(({ name }) => name);
    expect(names).toContain('stage2.block0.add');
    expect(names).not.toContain('stage3.block0.add');
    model.dispose();
  });

  it.each([
    [{ width: 0 }, 'mobilenetV2: width must be a finite number in 0.1 … 8, got 0'],
    [{ strides: [2, 1, 2] }, 'strides must be 8 numbers [stem, stage 1 … stage 7], got [2, 1, 2]'],
    [
      { strides: [1.5, 1, 2, 2, 2, 1, 2, 1] },
      'strides[0] must be an integer, since the stem is a strided convolution, got 1.5',
    ],
    [
      { pooling: 'conv', strides: [2, 1, 1.5, 2, 2, 1, 2, 1] },
      "strides must be integers with pooling 'conv', got 1.5",
    ],
    [{ pooling: 'none' }, 'pooling must be one of conv'],
    [{ classes: 1 }, 'mobilenetV2: classes must be'],
    [{ inputShape: [32, 32] as never }, 'inputShape must be [height, width, channels]'],
  ])('refuses %j', (wrong, message) => {
    expect(() => mobilenetV2({ ...SMALL, ...wrong })).toThrow(message);
  });
});
