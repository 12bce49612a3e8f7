import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { swapDownsampling } from '../src/index.js';
import { expectAlike, expectSameWeights, init, modelOf } from './swapped-models.js';

beforeAll(() => useBackend('wasm'));

const kinds: Record<string, (shared: object) => tf.layers.Layer> = {
  conv2d: (shared) =>
    tf.layers.conv2d({ filters: 3, kernelInitializer: init(1), ...shared } as never),
  depthwiseConv2d: (shared) =>
    tf.layers.depthwiseConv2d({
      depthMultiplier: 2,
      depthwiseInitializer: init(1),
      ...shared,
    } as never),
  separableConv2d: (shared) =>
    tf.layers.separableConv2d({
      filters: 3,
      depthMultiplier: 2,
      depthwiseInitializer: init(1),
      pointwiseInitializer: init(2),
      useBias: false,
      ...shared,
    } as never),
  maxPooling2d: ({ kernelSize, ...shared }: { kernelSize?: number | number[] }) =>
    tf.layers.maxPooling2d({ poolSize: kernelSize as number, ...shared }),
  averagePooling2d: ({ kernelSize, ...shared }: { kernelSize?: number | number[] }) =>
    tf.layers.averagePooling2d({ poolSize: kernelSize as number, ...shared }),
};

describe('with plain subsampling, the copy computes what the model computes', () => {
  const sizes: [number, number][] = [
    [8, 8],
    [9, 12],
    [7, 10],
  ];
  const windows: [number | [number, number], number | [number, number]][] = [
    [3, 2],
    [2, 2],
    [1, 2],
    [5, 3],
    [7, 2],
    [3, 3],
    [2, 3],
    [
      [3, 2],
      [2, 1],
    ],
    [
      [1, 4],
      [1, 2],
    ],
  ];
  it.each(
    Object.keys(kinds).flatMap((kind) =>
      (['same', 'valid'] as const).map((padding) => [kind, padding] as const),
    ),
  )('%s with padding %s', (kind, padding) => {
    for (const [kernelSize, strides] of windows) {
      for (const [height, width] of sizes) {
        const layer = kinds[kind]!({ name: 'down', kernelSize, strides, padding });
        const model = modelOf([height, width, 2], layer);
        const { model: copy, report } = swapDownsampling(model, 'subsample');
        expect(report.map(({ reason }) => reason)).toEqual(['']);
        expect(copy.outputs[0]!.shape).toEqual(model.outputs[0]!.shape);
        expectAlike(model, copy, [height, width, 2]);
        expectSameWeights(model, copy);
        model.dispose();
        copy.dispose();
      }
    }
  });
});

describe('at unknown sizes', () => {
  it.each([
    [2, 2],
    [4, 2],
    [3, 2],
    [3, 3],
    [5, 2],
    [[2, 3], 2],
  ])(
    'an average pooling of %o with strides %o keeps its positions or stays',
    (poolSize, strides) => {
      const layer = tf.layers.averagePooling2d({
        poolSize: poolSize as number,
        strides,
        padding: 'same',
      });
      const model = modelOf([null, null, 2], layer);
      const { model: copy, report } = swapDownsampling(model, 'subsample');
      const isEven = typeof poolSize === 'number' && poolSize % 2 === 0;
      const reason = isEven ? '' : 'its means would shift by a pixel in maps of unknown size';
      expect(report.map((row) => row.reason)).toEqual([reason]);
      expectAlike(model, copy, [12, 6, 2]);
      model.dispose();
      copy.dispose();
    },
  );
});
