import { useBackend } from '@ds/backend';
import { MaskedConv2D } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  costReport,
  freezeReport,
  freezeStrides,
  learnedResnet,
  sizeReport,
} from '../src/index.js';
import { plainModel } from './plain-model.js';
import { moveSizes, SHAPE, tinyLearnedResnet } from './tiny-learned-resnet.js';

beforeAll(() => useBackend('wasm'));

describe('learnedResnet', () => {
  it('starts from the given sizes, and lists them in network order', () => {
    const model = tinyLearnedResnet();
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
    const model = tinyLearnedResnet();
    moveSizes(model);
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

  it('takes the shape as a plain array, as the other networks do', () => {
    const inputShape = Int32Array.from(SHAPE) as unknown as [number, number, number];
    expect(() => learnedResnet({ inputShape, classes: 2 })).toThrow(
      'learnedResnet: inputShape must be a plain array, got Int32Array(3)',
    );
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
