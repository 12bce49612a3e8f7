import { useBackend } from '@ds/backend';
import { DiffStride, MaskedDepth } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeReport, freezeStrides, type Rounding } from '../src/index.js';

const pool = (name: string, strides: [number, number]) =>
  new DiffStride({ name, strides, smoothness: 1 });

/** The rounding of each pooling by its name, in network order. */
function roundings(model: tf.LayersModel, shape: number[] | number[][]): [string, Rounding][] {
  const frozen = freezeStrides(model, shape, { round: true });
  return freezeReport(frozen).map(({ layer, rounding }) => [layer, rounding!]);
}

/** Of the integers from 1 to `size`, the first that leaves a map with the ratio nearest to 1. */
function nearest(size: number, wanted: number): number {
  let best = { stride: 0, ratio: Number.POSITIVE_INFINITY };
  for (let stride = 1; stride <= size; stride++) {
    const left = Math.ceil(size / stride);
    const ratio = Math.max(left / wanted, wanted / left);
    if (ratio < best.ratio) best = { stride, ratio };
  }
  return best.stride;
}

describe('the rounding of a chain of poolings', () => {
  beforeAll(() => useBackend('wasm'));

  it('keeps each map near the learned one, also in nested models and residual blocks', () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.inputLayer({ inputShape: [null, null, 2] }), pool('second', [1.5, 2.7])],
    });
    const image = tf.input({ shape: [null, null, 2] as unknown as number[] });
    const block = tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: [null, null, 2] }),
        tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
      ],
    });
    const first = pool('first', [1.7, 2.3]).apply(image) as tf.SymbolicTensor;
    const depth = new MaskedDepth({ blocks: [block] }).apply(first) as tf.SymbolicTensor;
    const nested = inner.apply(depth) as tf.SymbolicTensor;
    const third = pool('third', [2.1, 1.3]).apply(nested) as tf.SymbolicTensor;
    const model = tf.model({ inputs: image, outputs: [first, nested, third] });
    const x = tf.zeros([1, 40, 33, 2]);
    const learned = (model.predict(x) as tf.Tensor[]).map((y) => y.shape.slice(1, 3));
    const found = roundings(model, [40, 33, 2]);
    expect(found.map(([layer]) => layer)).toEqual(['first', 'inner/second', 'third']);
    let sides = [40, 33];
    found.forEach(([, rounding], at) => {
      const strides = sides.map((side, axis) => nearest(side, learned[at]![axis]!));
      sides = sides.map((side, axis) => Math.ceil(side / strides[axis]!));
      expect(rounding).toMatchObject({
        rounded: strides,
        learnedSize: learned[at],
        roundedSize: sides,
      });
    });
    // The rule matters here: the nearest integers to the learned strides are others.
    const plain = found.map(([, { learned: strides }]) => strides.map((one) => Math.round(one)));
    expect(found.map(([, { rounded }]) => rounded)).not.toEqual(plain);
    const frozen = freezeStrides(model, [40, 33, 2], { round: true });
    expect(frozen.outputs.at(-1)!.shape.slice(1, 3)).toEqual(sides);
  });

  it('rounds a pooling of images of two sizes for each of them', () => {
    const shared = pool('shared', [2.2, 1.6]);
    const images = [1, 2].map(() => tf.input({ shape: [null, null, 1] as unknown as number[] }));
    const outputs = images.map((image) => shared.apply(image) as tf.SymbolicTensor);
    const model = tf.model({ inputs: images, outputs });
    const sizes = [
      [32, 20, 1],
      [9, 14, 1],
    ] as [number, number, number][];
    const learned = (model.predict(sizes.map((size) => tf.zeros([1, ...size]))) as tf.Tensor[]).map(
      (y) => y.shape.slice(1, 3),
    );
    const found = roundings(model, sizes).map(([, rounding]) => rounding);
    expect(found.map(({ learnedSize }) => learnedSize)).toEqual(learned);
    expect(found.map(({ rounded }) => rounded)).toEqual(
      sizes.map((size, at) => learned[at]!.map((side, axis) => nearest(size[axis]!, side))),
    );
  });

  it('rounds the poolings of a moment of a sequence', () => {
    const moment = tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: [24, 24, 1] }),
        pool('first', [1.6, 1.6]),
        pool('second', [1.6, 3]),
      ],
    });
    const clip = tf.input({ shape: [3, 24, 24, 1] });
    const each = tf.layers.timeDistributed({ layer: moment });
    const model = tf.model({ inputs: clip, outputs: each.apply(clip) as tf.SymbolicTensor });
    const [, height, width] = (moment.predict(tf.zeros([1, 24, 24, 1])) as tf.Tensor).shape;
    const found = roundings(model, [3, 24, 24, 1]);
    expect(found).toHaveLength(2);
    const [first, second] = found.map(([, rounding]) => rounding);
    expect(second!.learnedSize).toEqual([height, width]);
    expect(second!.rounded).toEqual(
      [height!, width!].map((side, axis) => nearest(first!.roundedSize[axis]!, side)),
    );
  });
});
