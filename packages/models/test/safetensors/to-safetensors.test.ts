import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { useBackend } from '@ds/backend';
import { DiffStride } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { audioCnn, learnedResnet, resnet18, resnet56, strideVariables } from '../../src/index.js';
import { loadSafetensors, saveSafetensors, toSafetensors } from '../../src/safetensors/index.js';
import { parseSafetensors, valuesOf } from '../../src/safetensors/safetensors-format.js';

const values = (model: tf.LayersModel) => model.getWeights().map((one) => [...one.dataSync()]);
const small = { inputShape: [8, 8, 3] as [number, number, number], classes: 3, width: 2 };
const parsed = async (model: tf.LayersModel) => parseSafetensors('t', await toSafetensors(model));

beforeAll(() => useBackend('wasm'));

describe('toSafetensors', () => {
  it('writes the fixture of PyTorch again, without its counters', async () => {
    const url = new URL('../fixtures/safetensors/resnet18-width8.safetensors', import.meta.url);
    const model = resnet18({
      ...small,
      classes: 10,
      width: 8,
      variant: 'original',
      stem: 'imagenet',
      pooling: 'conv',
      padding: 'symmetric',
    });
    await loadSafetensors(model, url);
    const [want, got] = [parseSafetensors('t', readFileSync(url)), await parsed(model)];
    const names = [...want.tensors.keys()].filter((name) => !name.endsWith('_tracked'));
    expect([...got.tensors.keys()].sort()).toEqual(names.sort());
    for (const name of names) {
      expect(got.tensors.get(name)!.shape, name).toEqual(want.tensors.get(name)!.shape);
      expect(valuesOf('t', got, name), name).toEqual(valuesOf('t', want, name));
    }
    expect(got.metadata).toEqual({ model: 'resnet18' });
    model.dispose();
  });

  it('keeps learned strides, statistics and every weight of a pre-activation network', async () => {
    const [a, b] = [1, 2].map((seed) => resnet18({ ...small, seed, pooling: 'diffstride' }));
    strideVariables(a!)[2]!.variable.assign(tf.tensor1d([1.75, 2.5]));
    a!.getLayer('final.bn').weights[3]!.write(tf.fill([16], 0.3));
    const file = await toSafetensors(a!);
    const names = [...parseSafetensors('t', file).tensors.keys()];
    expect(names).toEqual(
      expect.arrayContaining(['pool.strides', 'layer3.0.pool.strides', 'norm.running_var']),
    );
    await loadSafetensors(b!, file);
    expect(values(b!)).toEqual(values(a!));
    expect(strideVariables(b!)[2]!.strides).toEqual([1.75, 2.5]);
    a!.dispose();
    b!.dispose();
  });

  it('gives ResNet-56 names of torchvision too', async () => {
    const model = resnet56({ ...small, pooling: 'conv' });
    const { tensors } = await parsed(model);
    expect(tensors.get('layer3.8.conv2.weight')!.shape).toEqual([8, 8, 3, 3]);
    model.dispose();
  });

  it('names the weights of any other model by layer and weight', async () => {
    const trunk = tf.sequential({
      name: 'trunk',
      layers: [
        tf.layers.conv2d({ name: 'conv', filters: 2, kernelSize: 3, inputShape: [6, 6, 1] }),
        new DiffStride({ name: 'pool', strides: 2 }),
        tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      ],
    });
    const model = tf.sequential({
      layers: [
        tf.layers.timeDistributed({ name: 'each', layer: trunk, inputShape: [2, 6, 6, 1] }),
        tf.layers.flatten(),
        tf.layers.dense({ name: 'dense', units: 2 }),
      ],
    });
    const { tensors } = await parsed(model);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['each/trunk/conv/kernel', [3, 3, 1, 2]],
      ['each/trunk/conv/bias', [2]],
      ['each/trunk/pool/strides', [2]],
      ['dense/kernel', [4, 2]],
      ['dense/bias', [2]],
    ]);
    await loadSafetensors(model, await toSafetensors(model));
    model.dispose();
  });

  it('writes kernels in float16, and vectors in float32', async () => {
    const options = { inputShape: [8, 8, 1], tasks: { word: 3 }, widths: [2, 3], strides: [2, 2] };
    const [a, b] = [1, 2].map((seed) => audioCnn({ ...options, seed } as never));
    const file = await toSafetensors(a!, { dtype: 'float16', metadata: { made: 'here' } });
    const { tensors, metadata } = parseSafetensors('t', file);
    expect(metadata).toEqual({ model: 'audioCnn', made: 'here' });
    const dtypes = [...tensors.values()].map(({ dtype, shape }) => [shape.length > 1, dtype]);
    expect(new Set(dtypes.map(String))).toEqual(new Set(['true,F16', 'false,F32']));
    await loadSafetensors(b!, file);
    tf.tidy(() => {
      const [want, got] = [a!, b!].map((one) => one.predict(unitTensor(1, [1, 8, 8, 1])));
      const error = relativeError((got as tf.Tensor).dataSync(), (want as tf.Tensor).dataSync());
      expect(error).toBeLessThan(2e-3);
      expect(error).toBeGreaterThan(0);
    });
    a!.getLayer('word').weights[0]!.write(tf.fill([3, 3], 7e4));
    await expect(toSafetensors(a!, { dtype: 'float16' })).rejects.toThrow(
      "toSafetensors: dtype must be 'float32' for tensor word/kernel [3,3], got 'float16' for a " +
        'value of 70000; its limit is 65504',
    );
    a!.dispose();
    b!.dispose();
  });
});

describe('toSafetensors of layers inside layers', () => {
  const { layers } = tf;
  const MODELS: [string, () => tf.LayersModel][] = [
    [
      'residual blocks',
      () => learnedResnet({ inputShape: [8, 8, 1], classes: 2, width: 4, stages: 2 }),
    ],
    [
      'stacked cells',
      () => {
        const cell = [2, 3].map((units) => layers.lstmCell({ units }));
        return tf.sequential({ layers: [layers.rnn({ cell, inputShape: [4, 2] })] });
      },
    ],
  ];

  it.each(MODELS)('writes each weight of %s once, and loads it', async (_inside, make) => {
    const model = make();
    const before = values(model);
    const file = await toSafetensors(model);
    expect(parseSafetensors('t', file).tensors.size).toBe(before.length);
    tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.5))));
    await loadSafetensors(model, file);
    expect(values(model)).toEqual(before);
    model.dispose();
  });

  it('refuses weights that are not finite, which loadSafetensors would refuse', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    model.layers[0]!.setWeights([tf.tensor2d([1, Number.NaN], [2, 1]), tf.zeros([1])]);
    await expect(toSafetensors(model)).rejects.toThrow(
      /^toSafetensors: the weight dense\S*kernel of model must hold finite numbers, got NaN$/,
    );
    model.dispose();
  });

  it('refuses two weights of one name', async () => {
    const inner = tf.sequential({
      name: 'a',
      layers: [layers.dense({ name: 'b', units: 2, inputShape: [2] })],
    });
    const model = tf.sequential({ layers: [inner, layers.dense({ name: 'a/b', units: 2 })] });
    await expect(toSafetensors(model)).rejects.toThrow(
      'toSafetensors: model must have a name of its own for each weight, got two of a/b/kernel',
    );
    model.dispose();
  });

  it('takes convolutions of one and three axes with names of a ResNet', async () => {
    const model = tf.sequential({
      layers: [
        layers.conv1d({ name: 'stem.conv', filters: 2, kernelSize: 3, inputShape: [8, 1] }),
        layers.flatten(),
        layers.reshape({ targetShape: [2, 2, 3, 1] }),
        layers.conv3d({ name: 'dense', filters: 2, kernelSize: [1, 2, 3] }),
      ],
    });
    const file = await toSafetensors(model);
    const { tensors } = parseSafetensors('t', file);
    expect([...tensors.values()].map(({ shape }) => shape)).toEqual([
      [2, 1, 3],
      [2],
      [2, 1, 1, 2, 3],
      [2],
    ]);
    const before = values(model);
    await loadSafetensors(model, file);
    expect(values(model)).toEqual(before);
    model.dispose();
  });

  it('keeps the kernels of poolings in float32', async () => {
    const model = resnet18({ ...small, pooling: 'lps' });
    const { tensors } = parseSafetensors('t', await toSafetensors(model, { dtype: 'float16' }));
    const dtypes = [...tensors].map(([name, { dtype, shape }]) => [
      /pool/.test(name) || shape.length === 1,
      dtype,
    ]);
    expect(new Set(dtypes.map(String))).toEqual(new Set(['true,F32', 'false,F16']));
    model.dispose();
  });
});

describe('saveSafetensors', () => {
  it('writes the bytes of toSafetensors to a file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'safetensors-'));
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    const file = path.join(folder, 'a.safetensors');
    await saveSafetensors(model, file, { dtype: 'float16' });
    const want = await toSafetensors(model, { dtype: 'float16' });
    expect(new Uint8Array(readFileSync(file))).toEqual(want);
    await expect(saveSafetensors(model, path.join(folder, 'no', 'a'))).rejects.toThrow(
      /^saveSafetensors: path must be writable, got .*no.a: ENOENT/,
    );
    rmSync(folder, { recursive: true });
    model.dispose();
  });
});
