import { DiffStride } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { costReport } from '../src/index.js';

type Symbolic = tf.SymbolicTensor;
const apply = (layer: tf.layers.Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;
const conv = (name: string, filters: number) =>
  tf.layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', useBias: false });

/** A convolution from 2 to 3 channels, and a pooling from 8×8 to 6×6. */
function block(name: string): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 2] });
  const pool = new DiffStride({ name: 'pool', smoothness: 1, strides: [2, 2] });
  return tf.model({ name, inputs: input, outputs: apply(pool, apply(conv('conv', 3), input)) });
}

const CONV = 8 * 8 * 3 * 3 * 2 * 3;

describe('costReport of nested models', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('has one row per application of each layer, with its sizes', () => {
    const nested = block('nested');
    const [left, right] = [0, 1].map(() => tf.input({ shape: [8, 8, 2] }));
    const branches = [apply(nested, left!), apply(nested, right!)];
    const sum = apply(tf.layers.add({ name: 'sum' }), branches);
    const model = tf.model({
      inputs: [left!, right!],
      outputs: [sum, apply(conv('last', 1), sum)],
    });
    const before = tf.memory().numTensors;
    const report = costReport(model, [
      [8, 8, 2],
      [8, 8, 2],
    ]);
    expect(tf.memory().numTensors).toBe(before);
    const [height, width] = (nested.layers[2] as unknown as DiffStride).outputSize([8, 8]);
    const rows = report.map(({ layer, outputShape, parameters }) => [
      layer,
      outputShape,
      parameters,
    ]);
    expect(rows).toEqual([
      ['nested/conv', [8, 8, 3], 54],
      ['nested/conv', [8, 8, 3], 0],
      ['nested/pool', [height, width, 3], 2],
      ['nested/pool', [height, width, 3], 0],
      ['sum', [height, width, 3], 0],
      ['last', [height, width, 1], 27],
    ]);
    const macsOf = (name: string) =>
      report.filter(({ layer }) => layer === name).map(({ macs }) => macs);
    expect(macsOf('nested/conv')).toEqual([CONV, CONV]);
    expect(macsOf('last')).toEqual([height * width * 27]);
  });

  it('has one row per time step of a layer in TimeDistributed', () => {
    const each = tf.layers.timeDistributed({
      name: 'each',
      layer: block('held'),
      inputShape: [3, 8, 8, 2],
    } as never);
    const model = tf.sequential({ layers: [each] });
    const macs = costReport(model, [3, 8, 8, 2])
      .filter(({ layer }) => layer === 'each/held/conv')
      .map((row) => row.macs);
    expect(macs).toEqual([CONV, CONV, CONV]);
  });

  it('restores the layers, also after an error', () => {
    const model = block('plain');
    const calls = () => model.layers.map((layer) => layer.call);
    const before = calls();
    costReport(model, [8, 8, 2]);
    expect(calls()).toEqual(before);
    const broken = model.layers[2]!;
    broken.call = () => {
      throw new Error('broken');
    };
    const changed = calls();
    expect(() => costReport(model, [8, 8, 2])).toThrow('broken');
    expect(calls()).toEqual(changed);
  });

  it.each([
    [[8, 8]],
    [[8, 9, 2]],
    [
      [
        [8, 8, 2],
        [8, 8, 2],
      ],
    ],
  ])('refuses the shape %j', (shape) => {
    expect(() => costReport(block('plain'), shape as number[])).toThrow(
      /^costReport: inputShape must suit the model's \[8,8,2\], got /,
    );
  });

  it('refuses an empty list and invalid sizes', () => {
    const model = block('plain');
    for (const [shape, message] of [
      [[], 'inputShape must have at least one value, got 0'],
      [[8, 8.5, 2], 'inputShape[1] must be an integer in 1 … 16384, got 8.5'],
      [[[8, 0, 2]], 'inputShape[0][1] must be an integer in 1 … 16384, got 0'],
    ] as const) {
      expect(() => costReport(model, shape as never)).toThrow(`costReport: ${message}`);
    }
  });
});
