import { useBackend } from '@ds/backend';
import {
  BlurPool,
  BlurUpsample,
  FlcPool,
  FractionalMaxPool,
  poolingNames,
  SpectralPool,
  SpectralUpsample,
} from '@ds/layers';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { resnet18, swapDownsampling } from '../src/index.js';
import { conv, expectAlike, expectSameWeights, modelOf, residual } from './swapped-models.js';

beforeAll(() => useBackend('wasm'));

describe('options', () => {
  const two = () =>
    modelOf(
      [24, 24, 2],
      conv('first', { strides: 2 }),
      tf.layers.maxPooling2d({ name: 'max', poolSize: 2 }),
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
    );

  it('choose layers and strides', () => {
    const only = swapDownsampling(two(), 'blur', { where: ({ name }) => name === 'max' });
    expect(only.report.map(({ reason }) => reason)).toEqual(["'where' leaves it out", '']);
    for (const strides of [
      { first: 3, max: [1, 2] as [number, number] },
      ({ name }: tf.layers.Layer) => (name === 'first' ? 3 : ([1, 2] as [number, number])),
    ]) {
      const { report } = swapDownsampling(two(), 'blur', { strides });
      expect(report.map((row) => row.swapped?.strides)).toEqual([
        [3, 3],
        [1, 2],
      ]);
      expect(report.map((row) => row.swapped?.outputShape)).toEqual([
        [8, 8, 4],
        [7, 4, 4],
      ]);
    }
    const { model, report } = swapDownsampling(two(), 'blur', { strides: { max: 1 } });
    expect(report[1]!.swapped).toMatchObject({ pooling: null, after: 'max' });
    expect(model.layers.map(({ name }) => name)).not.toContain('max.pool');
  });

  it('take other strides only where later layers allow them', () => {
    const { model, report } = swapDownsampling(residual(), 'blur', { strides: { main1: 3 } });
    expect(report.map(({ reason }) => reason)).toEqual([
      "'sum' joins it with a map whose size may differ",
      '',
    ]);
    expect((model.predict(unitTensor(1, [1, 12, 12, 2])) as tf.Tensor).shape).toEqual([1, 3]);
    const both = swapDownsampling(residual(), 'blur', { strides: { main1: 3, shortcut: 3 } });
    expect(both.report.map((row) => row.swapped?.outputShape)).toEqual([
      [4, 4, 4],
      [4, 4, 4],
    ]);
  });

  it('leave poolings of this project and other ranks', () => {
    const signal = modelOf(
      [8, 2],
      tf.layers.conv1d({ name: 'one', filters: 2, kernelSize: 3, strides: 2 }),
    );
    const ours = modelOf([8, 8, 2], new BlurPool({ name: 'blur', strides: 2 }));
    const reasons = [signal, ours].map((model) => {
      const { model: copy, report } = swapDownsampling(model, 'blur');
      expectSameWeights(model, copy);
      expectAlike(model, copy, model.inputs[0]!.shape.slice(1) as number[]);
      return report.map(({ layer, reason }) => `${layer}: ${reason}`);
    });
    expect(reasons.flat()).toEqual([
      'one: it works on no images of rank 4',
      'blur: it is a pooling of @ds/layers already',
    ]);
  });

  it('recognize poolings with an output size, and no upsamplings', () => {
    const model = modelOf(
      [8, 8, 2],
      new SpectralPool({ name: 'spectral', outputSize: [6, 7] }),
      new FlcPool({ name: 'flc', outputSize: 4 }),
      new FractionalMaxPool({ name: 'fractional', outputSize: 3 }),
      new SpectralUpsample({ strides: 2 }),
      new BlurUpsample({ strides: 2 }),
    );
    const { report } = swapDownsampling(model, 'blur');
    expect(report.map(({ layer, reason }) => `${layer}: ${reason}`)).toEqual([
      'spectral: it is a pooling of @ds/layers already',
      'flc: it is a pooling of @ds/layers already',
      'fractional: it is a pooling of @ds/layers already',
    ]);
  });

  it.each([
    [() => swapDownsampling({} as tf.LayersModel, 'blur'), 'model must be a tf.LayersModel'],
    [() => swapDownsampling(tf.sequential(), 'blur'), 'model must be built'],
    [
      () => swapDownsampling(two(), 'blur', { smoothness: 2 }),
      "smoothness must be left out for 'blur', which has no ramp, got 2",
    ],
    [
      () => swapDownsampling(two(), 'diffstride', { smoothness: 2, config: { smoothness: 1 } }),
      'config must not have smoothness if the option smoothness is given, got',
    ],
    [() => swapDownsampling(two(), 'blurry'), 'pooling must be one of diffstride'],
    [() => swapDownsampling(two(), 'blur', { stride: 2 } as never), "have no 'stride' (strides?)"],
    [
      () => swapDownsampling(two(), 'blur', { config: { filterSize: 9 } }),
      'config: BlurPool: filterSize',
    ],
    [
      () => swapDownsampling(two(), 'blur', { strides: { firs: 3 } }),
      'strides must name layers that are swapped (\'first\'?), got "firs"',
    ],
    [
      () => swapDownsampling(two(), 'blur', { strides: { first: 0 } }),
      "strides of 'first' must be",
    ],
    [
      () => swapDownsampling(two(), 'blur', { strides: { first: 1.5 } }),
      "strides of 'first': BlurPool: strides must be integers",
    ],
    [
      () => swapDownsampling(two(), 'blur', { where: (() => 1) as never }),
      "where must return a boolean for 'first'",
    ],
    [() => swapDownsampling(two(), 'blur', { placement: 'end' as never }), 'placement must be'],
  ])('are refused by name (%#)', (call, message) => {
    expect(call).toThrow(`swapDownsampling: `);
    expect(call).toThrow(message);
  });

  it.each(Object.entries({ dataFormat: 'channelsFirst', strides: [4, 4], name: 'q', weights: [] }))(
    'leave %s to the swapped layer',
    (option, value) => {
      expect(() => swapDownsampling(two(), 'diffstride', { config: { [option]: value } })).toThrow(
        `swapDownsampling: config.${option} must be left out, since the swapped layer decides, got`,
      );
    },
  );
});

it('saves and loads with the classes of @ds/layers', async () => {
  const { model } = swapDownsampling(residual(), 'diffstride');
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const topology = JSON.parse(JSON.stringify(saved!.modelTopology));
  const loaded = await tf.loadLayersModel(tf.io.fromMemory({ ...saved!, modelTopology: topology }));
  expectAlike(model, loaded, [12, 12, 2]);
});

describe('a whole ResNet', () => {
  const resnet = (more: object = {}) =>
    resnet18({
      inputShape: [32, 32, 3],
      classes: 3,
      width: 2,
      pooling: 'conv',
      variant: 'original',
      seed: 3,
      ...more,
    });

  it('computes the same with plain subsampling', () => {
    const model = resnet({ stem: 'imagenet', strides: [2, 1, 2, 2, 2] });
    expectAlike(model, swapDownsampling(model, 'subsample').model, [32, 32, 3]);
  });

  it('takes every pooling, one for both branches of a block where its size is learned', () => {
    const model = resnet();
    const image = unitTensor(1, [2, 32, 32, 3]);
    // Another test of this process may have registered a pooling of its own.
    for (const pooling of poolingNames().filter((name) => name !== 'contributed')) {
      const { model: copy, report } = swapDownsampling(model, pooling);
      expect([pooling, report.map(({ reason }) => reason)]).toEqual([pooling, Array(6).fill('')]);
      expect((copy.predict(image) as tf.Tensor).shape).toEqual([2, 3]);
      const pools = copy.layers.filter(({ name }) => /\.pool$/.test(name));
      const isShared = ['diffstride', 'dct-diffstride', 'aps', 'lps', 'tips'].includes(pooling);
      expect([pooling, pools.length]).toEqual([pooling, isShared ? 3 : 6]);
      copy.dispose();
    }
    image.dispose();
  });
});
