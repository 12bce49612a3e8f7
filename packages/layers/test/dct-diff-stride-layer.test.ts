import { useBackend } from '@ds/backend';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  DctDiffStride,
  type DctDiffStrideConfig,
  DctPool,
  DiffStride,
  dctDiffStride,
  isDctDiffStride,
  isDiffStride,
  refreshStrides,
  resample,
} from '../src/index.js';

beforeAll(() => useBackend('wasm'));

/** A model whose gradients in image and strides are not 0. */
function network(config: DctDiffStrideConfig = {}) {
  const input = tf.input({ shape: [12, 10, 2] });
  const layer = new DctDiffStride({ strides: [2, 1.7], smoothness: 2, ...config });
  const bent = tf.layers.reLU().apply(layer.apply(input));
  const outputs = tf.layers.globalAveragePooling2d({}).apply(bent) as tf.SymbolicTensor;
  return { model: tf.model({ inputs: input, outputs }), layer };
}

const image = () => unitTensor(4, [2, 12, 10, 2]);

describe('DctDiffStride', () => {
  it('learns its strides under model.fit, within their limits', async () => {
    const { model, layer } = network({ lowerLimit: 1.9, upperLimit: 2.1, strideGradientScale: 10 });
    expect(layer.strides[1]).toBeCloseTo(1.9, 6);
    model.compile({ optimizer: tf.train.sgd(5), loss: 'meanSquaredError' });
    const [x, y] = [image(), tf.zeros([2, 2])];
    await model.fit(x, y, { epochs: 3, verbose: 0 });
    expect(layer.strides).not.toEqual([2, 1.9]);
    for (const stride of layer.strides) {
      expect(stride).toBeGreaterThanOrEqual(Math.fround(1.9));
      expect(stride).toBeLessThanOrEqual(Math.fround(2.1));
    }
    expect([...layer.strideVariable!.dataSync()]).toEqual(layer.strides);
    model.dispose();
    tf.dispose([x, y]);
  });

  it('multiplies the gradient of the strides only, and adds both for a shared stride', () => {
    const gradients = (config: DctDiffStrideConfig) =>
      tf.tidy(() => {
        const { model, layer } = network(config);
        const loss = (x: tf.Tensor) => tf.sum(tf.square(model.apply(x) as tf.Tensor)) as tf.Scalar;
        const x = image();
        const { grads } = tf.variableGrads(() => loss(x), [layer.strideVariable!]);
        const dx = [...tf.grad(loss)(x).dataSync()];
        const ds = [...Object.values(grads)[0]!.dataSync()];
        model.dispose();
        return { dx, ds };
      });
    const plain = gradients({ strides: 2 });
    expect(plain.ds.every((slope) => slope !== 0)).toBe(true);
    const scaled = gradients({ strides: 2, strideGradientScale: 8 });
    expect(scaled.ds).toEqual(plain.ds.map((slope) => 8 * slope));
    expect(scaled.dx).toEqual(plain.dx);
    const shared = gradients({ strides: 2, sharedStride: true });
    expect(shared.ds).toHaveLength(1);
    expect(shared.ds[0]).toBeCloseTo(plain.ds[0]! + plain.ds[1]!, 5);
  });

  it('takes its output size from the copy on the host until the next refresh', async () => {
    const { model, layer } = network();
    await refreshStrides(model);
    tf.tidy(() => layer.strideVariable!.assign(tf.tensor1d([4, 3])));
    const sizeNow = () =>
      tf.tidy(() => (layer.apply(tf.zeros([1, 12, 10, 2])) as tf.Tensor).shape.slice(1, 3));
    expect(sizeNow()).toEqual([7, 7]);
    await refreshStrides(model);
    expect(sizeNow()).toEqual([4, 5]);
    expect(layer.outputSize([12, 10])).toEqual([4, 5]);
    model.dispose();
  });

  it('gives its matrices and multiply-adds, which are those of the op', () => {
    const { model, layer } = network();
    tf.tidy(() => {
      const x = image() as tf.Tensor4D;
      const { rows, columns, skew } = layer.matrices([12, 10]);
      expect(skew).toBeUndefined();
      const y = resample(x, rows, columns);
      const want = dctDiffStride(x, [2, Math.fround(1.7)], { smoothness: 2 });
      expect(y.shape).toEqual(want.shape);
      expect(tf.max(tf.abs(tf.sub(y, want))).dataSync()[0]).toBeLessThan(1e-5);
      expect(layer.multiplyAdds([7, 7, 2], [12, 10, 2])).toBe(2 * 7 * 10 * (12 + 7));
      layer.strideVariable!.assign(tf.tensor1d([Number.NaN, 2]));
      expect(() => layer.matrices([12, 10])).toThrow(
        'DctDiffStride.matrices: strides must be finite',
      );
    });
    model.dispose();
    expect(() => new DctDiffStride().matrices([4, 4])).toThrow(
      'DctDiffStride.matrices: the layer must be built, got one without weights',
    );
  });

  it('promises unknown sizes, and the sizes of its input without cropping', () => {
    const shape = [null, 13, 7, 3];
    expect(new DctDiffStride().computeOutputShape(shape)).toEqual([null, null, null, 3]);
    const filter = new DctDiffStride({ cropping: false, dataFormat: 'channelsFirst' });
    expect(filter.computeOutputShape([null, 3, 13, null])).toEqual([null, 3, 13, null]);
    expect(new DctPool({ strides: [2, 40] }).computeOutputShape(shape)).toEqual([null, 6, 1, 3]);
  });

  it('restores its options from its configuration', () => {
    const config = {
      strides: [1.5, 1.5],
      sharedStride: true,
      norm: 'forward',
      upperLimit: 4,
    } satisfies DctDiffStrideConfig;
    const saved = new DctDiffStride(config).getConfig();
    const { lowerLimit, ...rest } = DctDiffStride.fromConfig<DctDiffStride>(
      DctDiffStride,
      saved,
    ).getConfig();
    expect(lowerLimit).toBeNull();
    expect(rest).toMatchObject({ ...config, smoothness: 4, strideGradientScale: 1 });
    expect(rest).not.toHaveProperty('alignment');
    expect(() => new DctDiffStride({ strides: [1, 2], sharedStride: true })).toThrow(
      'DctDiffStride: strides must be equal with sharedStride, got [1, 2]',
    );
  });
});

describe('the warning of a map that keeps its size', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('comes once, with the rule of the cosine domain', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const layer = new DctDiffStride({ name: 'pool', strides: 2 });
    const call = (side: number) =>
      tf.tidy(() => {
        layer.apply(tf.ones([1, side, side, 1]));
      });
    call(6);
    call(6);
    expect(warn.mock.calls.flat()).toEqual([
      'DctDiffStride: pool: strides [2, 2] leave a map of 6×6 at 6×6. With smoothness R = 4 the ' +
        'masks keep every frequency of the height and the width. An axis shrinks only if ' +
        'height: R + 6/S <= 6, width: R + 6/S <= 6. ' +
        'Set smoothness to 3 or less, or larger strides.',
    ]);
    expect(layer.reductionNote([8, 8])).toBeNull();
  });
});

describe('isDctDiffStride', () => {
  it('recognizes its layers, and no layer of DiffStride', () => {
    expect(isDctDiffStride(new DctDiffStride())).toBe(true);
    expect(isDctDiffStride({ getClassName: () => 'ds>DctDiffStride' })).toBe(true);
    for (const other of [new DiffStride(), new DctPool(), null, undefined, 'ds>DctDiffStride']) {
      expect(isDctDiffStride(other)).toBe(false);
    }
    expect(isDiffStride(new DctDiffStride())).toBe(false);
  });
});
