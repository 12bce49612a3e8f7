import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { useBackend } from '@ds/backend';
import { DiffStride } from '@ds/layers';
import { swapDownsampling } from '@ds/models';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../src/run-folder/saved-model.js';
import { readLayersModel } from '../../src/swap/read-layers-model.js';
import { runCliHere } from '../command-line-here.js';

let folder: string;
let model: tf.LayersModel;

const image = () => unitTensor(1, [2, 12, 12, 2]);
const predicted = (one: tf.LayersModel) => [...(one.predict(image()) as tf.Tensor).dataSync()];

/** The files of a model, with changes of its JSON and its weights. */
async function written(
  name: string,
  change: (json: Record<string, unknown>, weights: Buffer) => Record<string, Buffer>,
): Promise<string> {
  const source = path.join(folder, 'original');
  const json = JSON.parse(await readFile(path.join(source, 'model.json'), 'utf8'));
  const files = change(json, await readFile(path.join(source, 'weights.bin')));
  await mkdir(path.join(folder, name));
  for (const [file, data] of Object.entries(files)) {
    await writeFile(path.join(folder, name, file), data);
  }
  const file = path.join(folder, name, 'model.json');
  await writeFile(file, JSON.stringify(json));
  return file;
}

beforeAll(async () => {
  await useBackend('wasm');
  folder = await mkdtemp(path.join(tmpdir(), 'swap-'));
  model = tf.sequential({
    name: 'net',
    layers: [
      tf.layers.conv2d({
        name: 'conv1',
        filters: 3,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        inputShape: [12, 12, 2],
      }),
      tf.layers.maxPooling2d({ name: 'max', poolSize: 2 }),
      tf.layers.globalAveragePooling2d({ name: 'mean', dataFormat: 'channelsLast' }),
      tf.layers.dense({ name: 'out', units: 2 }),
    ],
  });
  await saveModel(model, path.join(folder, 'original'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('ds-benchmark swap', () => {
  it('writes the swapped model, and prints what it did', async () => {
    const output = path.join(folder, 'swapped');
    const args = ['swap', path.join(folder, 'original', 'model.json'), '--output', output];
    const { code, stdout } = await runCliHere([
      ...args,
      '--pooling',
      'diffstride',
      '--strides',
      'conv1=3,2',
      'max=2',
      '--smoothness',
      '0.5',
      '--placement',
      'activation',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('stride 1, conv1.pool /3×2 after conv1');
    expect(stdout).toContain('2 of 2 layers swapped.');
    const again = await readLayersModel(path.join(output, 'model.json'));
    const { model: want } = swapDownsampling(model, 'diffstride', {
      strides: { conv1: [3, 2], max: 2 },
      config: { smoothness: 0.5 },
      placement: 'activation',
    });
    expect(again.getLayer('conv1.pool')).toBeInstanceOf(DiffStride);
    expect(predicted(again)).toEqual(predicted(want));
  });

  it.each([
    [['--pooling', 'blurr'], 'got "blurr" (blur?)'],
    [['--pooling', 'conv'], "--pooling must be a pooling, got 'conv'"],
    [['--pooling', 'blur', '--only', 'none'], 'no layer can be swapped'],
    [['--pooling', 'blur', '--only', '('], 'must be a regular expression'],
    [['--pooling', 'blur', '--strides', 'conv1'], "must be layer=strides, got 'conv1'"],
    [['--pooling', 'blur', '--strides', 'conv1=2,2,2'], 'must have one or two strides'],
    [
      ['--pooling', 'blur', '--strides', 'conv=2'],
      "strides must name layers that are swapped ('conv1'?)",
    ],
    [['--pooling', 'blur', '--smoothness', '2'], '--smoothness is an option of diffstride'],
  ])('refuses wrong flags: %s', async (flags, message) => {
    const file = path.join(folder, 'original', 'model.json');
    const { code, output } = await runCliHere([
      'swap',
      file,
      '--output',
      path.join(folder, 'refused'),
      ...flags,
    ]);
    expect(code).toBe(1);
    expect(output).toContain(message);
  });

  it('does not overwrite its model', async () => {
    const file = path.join(folder, 'original', 'model.json');
    const { code, output } = await runCliHere([
      'swap',
      file,
      '--pooling',
      'blur',
      '--output',
      path.dirname(file),
    ]);
    expect([code, output]).toEqual([1, expect.stringContaining('--output must be another folder')]);
  });
});

describe('the files of a model', () => {
  it('may be shards, with the names and the topology that Keras writes', async () => {
    const file = await written('keras', (json, weights) => {
      const [group] = json.weightsManifest as [{ paths: string[]; weights: { name: string }[] }];
      group.paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
      group.weights.forEach((one, at) => {
        one.name = at % 2 === 0 ? `net/${one.name}` : `${one.name}:0`;
      });
      json.modelTopology = { keras_version: '2.15.0', model_config: json.modelTopology };
      return {
        'group1-shard1of2.bin': weights.subarray(0, 51),
        'group1-shard2of2.bin': weights.subarray(51),
      };
    });
    expect(predicted(await readLayersModel(file))).toEqual(predicted(model));
  });

  it('may hold quantized weights', async () => {
    const file = await written('quantized', (json) => {
      const [group] = json.weightsManifest as [{ weights: { shape: number[] }[] }];
      let count = 0;
      for (const one of group.weights) {
        Object.assign(one, { quantization: { dtype: 'uint8', min: -1, scale: 0.5 } });
        count += one.shape.reduce((size, side) => size * side, 1);
      }
      return { 'weights.bin': Buffer.alloc(count, 3) };
    });
    const again = await readLayersModel(file);
    expect(new Set(again.weights.flatMap((one) => [...one.read().dataSync()]))).toEqual(
      new Set([0.5]),
    );
  });

  it.each([
    ['missing', (_json, weights) => ({ 'other.bin': weights }), /weights\.bin: cannot be read/],
    [
      'short',
      (_json, weights) => ({ 'weights.bin': weights.subarray(4) }),
      /must have \d+ bytes, got/,
    ],
    [
      'graph',
      (json, weights) => {
        json.format = 'graph-model';
        return { 'weights.bin': weights };
      },
      /must be a LayersModel, got a graph model/,
    ],
    [
      'bare',
      (json, weights) => {
        delete json.weightsManifest;
        return { 'weights.bin': weights };
      },
      /must be the model\.json of a LayersModel/,
    ],
    [
      'outside',
      (json, weights) => {
        (json.weightsManifest as { paths: string[] }[])[0]!.paths = ['../original/weights.bin'];
        return { 'weights.bin': weights };
      },
      /weight files must be in its folder/,
    ],
    [
      'unknown',
      (json, weights) => {
        const text = JSON.stringify(json.modelTopology).replace('"Conv2D"', '"MyConv"');
        json.modelTopology = JSON.parse(text);
        return { 'weights.bin': weights };
      },
      /tfjs cannot load it: Unknown layer: MyConv/,
    ],
    [
      'renamed',
      (json, weights) => {
        const [group] = json.weightsManifest as [{ weights: { name: string }[] }];
        group.weights[0]!.name = 'conv9/kernel';
        return { 'weights.bin': weights };
      },
      /tfjs cannot load it: .*conv9\/kernel/,
    ],
  ] as [string, Parameters<typeof written>[1], RegExp][])(
    'are refused with a reason: %s',
    async (name, change, message) => {
      const file = await written(name, change);
      await expect(readLayersModel(file)).rejects.toThrow(message);
    },
  );

  it('are refused if they are not JSON', async () => {
    const file = path.join(folder, 'damaged.json');
    await writeFile(file, '{"modelTopology": ');
    await expect(readLayersModel(file)).rejects.toThrow(
      /damaged\.json: must be JSON, got damaged content/,
    );
  });
});
