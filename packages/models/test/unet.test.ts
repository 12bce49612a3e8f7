import { useBackend } from '@ds/backend';
import type { UpsamplingName } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { costReport, freezeReport, freezeStrides, strideVariables, unet } from '../src/index.js';

const SMALL = {
  inputShape: [17, 23, 2] as [number, number, number],
  classes: 3,
  width: 2,
  depth: 2,
  seed: 5,
};
/** Smooth enough to reduce small maps. */
const poolingConfigOf = (pooling: string) => (pooling === 'diffstride' ? { smoothness: 1 } : {});
const build = (pooling: string, more: object = {}) =>
  unet({ ...SMALL, pooling, poolingConfig: poolingConfigOf(pooling), ...more });

beforeAll(() => useBackend('wasm'));

describe('unet', () => {
  // One pooling for each kind of partner and of rounding.
  it.each(['conv', 'diffstride', 'spectral', 'blur', 'max-blur', 'fractional-max', 'lps'])(
    'with %s and its partner has logits for each pixel of 17×23, and learns',
    (pooling) => {
      const model = build(pooling);
      tf.tidy(() => {
        const x = unitTensor(1, [2, ...SMALL.inputShape]);
        const loss = () =>
          tf.mean(tf.square(model.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar;
        const { value, grads } = tf.variableGrads(loss);
        expect((model.predict(x) as tf.Tensor).shape).toEqual([2, 17, 23, 3]);
        // The kernels at the bottom get a gradient through the upsamplings.
        const bottom = Object.entries(grads).find(([name]) => name.startsWith('bottom.conv1'));
        expect(tf.norm(bottom![1]).dataSync()[0]).toBeGreaterThan(0);
        const optimizer = tf.train.sgd(0.05);
        for (let step = 0; step < 4; step++) optimizer.minimize(loss);
        expect(loss().dataSync()[0]).toBeLessThan(0.9 * value.dataSync()[0]!);
      });
      model.dispose();
    },
  );

  it.each([
    ['blur', 'nearest'],
    ['max', 'blur'],
    ['max', 'transposed'],
    ['max', 'spectral'],
    ['lps', 'bilinear'],
  ] as [string, UpsamplingName][])('takes %s with %s', (pooling, upsampling) => {
    const model = build(pooling, { upsampling });
    tf.tidy(() => {
      const y = model.predict(unitTensor(1, [1, ...SMALL.inputShape])) as tf.Tensor;
      expect(y.shape).toEqual([1, 17, 23, 3]);
    });
    model.dispose();
  });

  it('fits maps of any learned stride, lists the strides, and counts its cost', () => {
    const model = build('diffstride', { strides: [[1.4, 2], 1.7] });
    const found = strideVariables(model);
    expect(found.map(({ layer }) => layer)).toEqual(['encoder1.pool', 'encoder2.pool']);
    const before = costReport(model, SMALL.inputShape);
    found[0]!.variable.assign(tf.tensor1d([3, 2.6]));
    const after = costReport(model, SMALL.inputShape);
    const total = (report: typeof after) => report.reduce((sum, { macs }) => sum + macs, 0);
    expect(total(after)).toBeLessThan(total(before));
    const up = after.find(({ layer }) => layer === 'decoder1.up')!;
    expect(up.outputShape).toEqual([17, 23, 2]);
    const { outputShape } = after.find(({ layer }) => layer === 'encoder1.pool')!;
    const below = outputShape as number[];
    // Two products: along one axis, then along the other, in the cheaper order.
    const [h, w] = [below[0]!, below[1]!];
    expect(up.macs).toBe(2 * Math.min(17 * h * w + 17 * 23 * w, 23 * w * h + 17 * 23 * h));
    model.dispose();
  });

  it.each(['diffstride', 'blur', 'fractional-avg'])(
    'with %s survives saving, and freezes to stock layers',
    async (pooling) => {
      const model = build(pooling);
      const copy = await tf.models.modelFromJSON(
        JSON.parse(JSON.stringify(model.toJSON(null, false))),
      );
      copy.setWeights(model.getWeights());
      const frozen = freezeStrides(model, SMALL.inputShape);
      const rows = freezeReport(frozen).map(({ layer, stock }) => [layer, stock !== null]);
      expect(rows).toContainEqual(['decoder1.up', true]);
      expect(rows).toContainEqual(['decoder2.up', true]);
      tf.tidy(() => {
        const x = unitTensor(2, [1, ...SMALL.inputShape]);
        const [y, loaded, stock] = [model, copy, frozen].map(
          (one) => (one.predict(x) as tf.Tensor).dataSync() as Float32Array,
        );
        expect([...loaded!]).toEqual([...y!]);
        expect(relativeError(stock!, y!)).toBeLessThan(1e-4);
      });
      if (pooling === 'diffstride') {
        const rounded = freezeStrides(model, SMALL.inputShape, { round: true });
        expect(rounded.outputs[0]!.shape).toEqual([null, 17, 23, 3]);
      }
    },
  );

  it('shifts exactly with the image under circular shifts, with aps', () => {
    const model = build('aps', { inputShape: [8, 12, 2], padding: 'circular' });
    tf.tidy(() => {
      const x = unitTensor(3, [1, 8, 12, 2]);
      const at = Array.from({ length: 12 }, (_, i) => (i + 11) % 12);
      const shift = (image: tf.Tensor) => tf.gather(image, tf.tensor1d(at, 'int32'), 2);
      const y = model.predict(x) as tf.Tensor;
      const moved = model.predict(shift(x)) as tf.Tensor;
      expect(relativeError(moved.dataSync(), shift(y).dataSync())).toBeLessThan(1e-5);
      // A decoder that puts every image on one grid is not equivariant.
      const other = build('aps', {
        inputShape: [8, 12, 2],
        padding: 'circular',
        upsampling: 'nearest',
      });
      const [a, b] = [other.predict(shift(x)), shift(other.predict(x) as tf.Tensor)];
      expect(relativeError((a as tf.Tensor).dataSync(), b.dataSync())).toBeGreaterThan(1e-2);
    });
    model.dispose();
  });

  it('refuses upsamplings without their partner, and wrong options', () => {
    expect(() => build('max', { upsampling: 'aps' })).toThrow(
      "unet: upsampling 'aps' must have its own pooling as partner, got 'max'",
    );
    expect(() => build('spectral', { upsampling: 'transposed' })).toThrow(
      /must be another than 'transposed' .* got maps of 8×10 for 8×11/,
    );
    expect(() => build('diffstride', { upsampling: 'transposed' })).toThrow(/any×any/);
    expect(() => build('blur', { upsamplingConfig: { filterSize: 9 } })).toThrow(
      /unet: upsamplingConfig: BlurUpsample: filterSize/,
    );
    expect(() => build('blur', { strides: [2] })).toThrow(
      /unet: strides must be 2 numbers or pairs/,
    );
    expect(() => build('blur', { depth: 0 })).toThrow(/depth/);
    expect(() => build('diffstride', { upsampling: 'blur' })).toThrow(
      "unet: upsampling 'blur' must have a pooling of ceil(H/S) pixels, got 'diffstride'",
    );
    for (const upsampling of ['transposed', 'blur']) {
      expect(() => build('spectral', { upsampling, strides: [1.5, 2] })).toThrow(
        `unet: strides must be integers with upsampling '${upsampling}', got [(1.5,1.5) (2,2)]`,
      );
    }
  });
});
