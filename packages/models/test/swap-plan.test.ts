import { useBackend } from '@ds/backend';
import type { DiffStride } from '@ds/layers';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { strideVariables, swapDownsampling } from '../src/index.js';
import { conv, expectAlike, modelOf, residual } from './swapped-models.js';

beforeAll(() => useBackend('wasm'));

describe('learned strides', () => {
  it('are shared by joined branches, and reduce small maps', () => {
    const { model: copy, report } = swapDownsampling(residual(), 'diffstride');
    expect(strideVariables(copy)).toHaveLength(1);
    const pool = copy.getLayer('main1.pool') as DiffStride;
    expect(pool.inboundNodes).toHaveLength(2);
    expect(pool.getConfig()).toMatchObject({ norm: 'forward', smoothness: 1.5, strides: [2, 2] });
    expect(pool.outputSize([12, 12])).toEqual([10, 10]);
    expect(report.map((row) => row.swapped?.pooling)).toEqual(['main1.pool', 'main1.pool']);
    const image = unitTensor(1, [1, 12, 12, 2]);
    strideVariables(copy)[0]!.variable.assign(tf.tensor1d([3.3, 2.6]));
    expect((copy.predict(image) as tf.Tensor).shape).toEqual([1, 3]);
  });

  it('stay out where a later layer needs a size, and say which', () => {
    const model = modelOf(
      [16, 16, 2],
      conv('first', { strides: 2 }),
      tf.layers.globalAveragePooling2d({ name: 'mean', dataFormat: 'channelsLast' }),
    );
    expect(swapDownsampling(model, 'diffstride').report[0]!.swapped).toMatchObject({
      pooling: 'first.pool',
      strides: [2, 2],
    });
    const flat = modelOf(
      [16, 16, 2],
      conv('first', { strides: 2 }),
      tf.layers.flatten({ name: 'flat' }),
    );
    const { model: copy, report } = swapDownsampling(flat, 'diffstride');
    expect(report[0]).toMatchObject({ swapped: null, reason: "'flat' needs a fixed size" });
    expectAlike(flat, copy, [16, 16, 2]);
    expect(swapDownsampling(flat, 'blur').report[0]!.swapped).toMatchObject({
      pooling: 'first.pool',
      strides: [2, 2],
    });
  });

  it.each([[[64, 4]], [[-1, 4]], [[8, 32]], [[4, 16, 4]], [[256]], [[-1, 8, 4]], [[8, -1, 4]]])(
    'stay out before a reshape to %j',
    (targetShape) => {
      const model = modelOf(
        [16, 16, 2],
        conv('first', { strides: 2, filters: 4 }),
        tf.layers.reshape({ name: 'lines', targetShape }),
      );
      const { model: copy, report } = swapDownsampling(model, 'diffstride');
      expect(report[0]).toMatchObject({ swapped: null, reason: "'lines' needs a fixed size" });
      expectAlike(model, copy, [16, 16, 2]);
      const { model: blurred } = swapDownsampling(model, 'blur');
      expect((blurred.predict(tf.ones([1, 16, 16, 2])) as tf.Tensor).size).toBe(256);
    },
  );

  it('stay out where a map is joined with one of another size', () => {
    const input = tf.input({ shape: [16, 16, 2] });
    const half = conv('half', { strides: 2 }).apply(input) as tf.SymbolicTensor;
    const up = tf.layers.upSampling2d({ size: [2, 2] }).apply(half) as tf.SymbolicTensor;
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.concatenate({ name: 'skip' }).apply([input, up]) as tf.SymbolicTensor,
    });
    const { report } = swapDownsampling(model, 'diffstride');
    expect(report[0]!.reason).toBe("'skip' joins it with a map whose size may differ");
    expect(swapDownsampling(model, 'blur').report[0]!.swapped).toMatchObject({
      pooling: 'half.pool',
      strides: [2, 2],
    });
  });

  it('stay out where the map would not get smaller', () => {
    const model = modelOf([16, 16, 2], conv('conv', { strides: 2 }));
    const { report } = swapDownsampling(model, 'diffstride', { config: { smoothness: 8 } });
    expect(report[0]!.reason).toBe(
      'diffstride would not reduce its map of 16×16; choose a smaller smoothness',
    );
  });

  it('get a ramp that reduces the map, where none is given', () => {
    // At R = 0.5, strides of 1.5 keep all 8 rows.
    const model = modelOf([8, 8, 2], conv('conv', { strides: 2 }));
    const strides = { conv: 1.5 };
    const { model: copy } = swapDownsampling(model, 'diffstride', { strides });
    const pool = copy.getLayer('conv.pool') as DiffStride;
    expect(pool.getConfig().smoothness).toBe(0.25);
    expect(pool.outputSize([8, 8])).toEqual([6, 6]);
    const given = swapDownsampling(model, 'diffstride', { strides, smoothness: 0.5 });
    expect(given.report[0]!.reason).toBe(
      'diffstride would not reduce its map of 8×8; choose a smaller smoothness',
    );
    const open = modelOf([null, null, 2], conv('conv', { strides: 2 }));
    const { model: ofAnySize } = swapDownsampling(open, 'diffstride');
    expect(ofAnySize.getLayer('conv.pool').getConfig().smoothness).toBe(1);
    const { shape } = ofAnySize.predict(unitTensor(1, [1, 8, 8, 2])) as tf.Tensor;
    expect(Math.max(shape[1]!, shape[2]!)).toBeLessThan(8);
  });

  it('train in a copy of several stages', async () => {
    const model = tf.sequential({
      layers: [
        conv('one', { strides: 2, inputShape: [24, 24, 1], activation: 'relu' }),
        conv('two', { strides: 2, activation: 'relu' }),
        tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    const { model: copy } = swapDownsampling(model, 'diffstride');
    expect(strideVariables(copy)).toHaveLength(2);
    copy.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
    await copy.fit(unitTensor(1, [4, 24, 24, 1]), tf.ones([4, 2]), { epochs: 2, verbose: 0 });
    for (const { strides } of strideVariables(copy)) expect(strides).not.toEqual([2, 2]);
  });
});

describe('maps of unknown size', () => {
  it('are aligned for multiples of the stride', () => {
    const model = residual([null, null]);
    const { model: copy, report } = swapDownsampling(model, 'subsample');
    expect(report.map(({ reason }) => reason)).toEqual(['', '']);
    expectAlike(model, copy, [12, 16, 2]);
    for (const pooling of ['blur', 'spectral', 'diffstride']) {
      const image = unitTensor(1, [1, 12, 16, 2]);
      const { model: other } = swapDownsampling(model, pooling);
      expect((other.predict(image) as tf.Tensor).shape).toEqual([1, 3]);
    }
  });
});

describe('strides of the options', () => {
  const vgg = () =>
    modelOf(
      [32, 32, 1],
      ...[0, 1, 2].flatMap((at) => [
        conv(`c${at}`, { padding: 'same' }),
        tf.layers.maxPooling2d({ name: `p${at}`, poolSize: 2, strides: 2 }),
      ]),
    );

  it.each([
    ['max-blur', { p0: 32 }, "got a map of [0,0,4] at 'p1'"],
    ['aps', { p0: 32 }, "got a map of [0,0,4] at 'p1'"],
    ['blur', { p0: 4, p1: 4, p2: 4 }, /got "BlurPool: .*" at 'p2'/],
  ] as const)('of %s that leave a later layer no map name it', (pooling, strides, got) => {
    const model = vgg();
    const swap = () => swapDownsampling(model, pooling, { strides });
    expect(swap).toThrow(
      'swapDownsampling: strides must leave every layer a map that it can take, got ',
    );
    expect(swap).toThrow(got);
    const { report } = swapDownsampling(model, pooling, { strides: { p2: 3 } });
    expect(report.find(({ layer }) => layer === 'p2')!.swapped!.strides).toEqual([3, 3]);
  });
});

describe('small maps', () => {
  it.each(['blur', 'max-blur', 'avg-blur'])('stay if %s would refuse them', (pooling) => {
    for (const strides of [undefined, { small: [1, 3] as [number, number] }]) {
      const model = modelOf(
        [3, 8, 1],
        tf.layers.conv2d({ name: 'small', filters: 2, kernelSize: [3, 1], strides: [1, 2] }),
        tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      );
      const { model: copy, report } = swapDownsampling(model, pooling, strides && { strides });
      expect(report[0]!.swapped).toBeNull();
      expect(report[0]!.reason).toMatch(/cannot (give its 1×4 outputs|pool its map of 1×8)/);
      expect((copy.predict(unitTensor(1, [1, 3, 8, 1])) as tf.Tensor).shape).toEqual([1, 2]);
    }
  });
});
