import { useBackend } from '@ds/backend';
import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BlurUpsample,
  blurUpsample,
  InterpolatedUpsample,
  interpolatedUpsample,
  measureMultiplyAdds,
  type PoolingLayer,
  partnerUpsampling,
  SpectralUpsample,
  spectralUpsample,
  type UpsamplingName,
  upsamplingLayer,
  upsamplingNames,
} from '../src/index.js';

/** The linear upsamplings, which take `[image]` or `[image, reference]`. */
const LINEAR: [UpsamplingName, object][] = [
  ['spectral', { norm: 'forward' }],
  ['spectral', { strides: [1.5, 2] }],
  ['blur', { filterSize: 4, padding: 'circular' }],
  ['nearest', { strides: [1.5, 3] }],
  ['bilinear', {}],
];
const make = (name: UpsamplingName, config: object) =>
  upsamplingLayer(name, config as never) as PoolingLayer;

describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(LINEAR)("'%s' %j equals its matrices, with and without a reference", (name, config) => {
    const layer = make(name, config);
    tf.tidy(() => {
      const x = unitTensor(1, [2, 3, 4, 8]) as tf.Tensor4D;
      const reference = tf.zeros([2, 5, 7, 1]) as tf.Tensor4D;
      for (const inputs of [[x], [x, reference]]) {
        const y = layer.apply(inputs) as tf.Tensor4D;
        const size = inputs.length === 2 ? ([5, 7] as [number, number]) : undefined;
        const { rows, columns } = layer.matrices!([3, 4], size);
        const planes = tf.transpose(x, [0, 3, 1, 2]);
        const tall = tf.matMul(
          tf.tile(tf.reshape(rows, [1, 1, ...rows.shape]), [2, 8, 1, 1]),
          planes,
        );
        const wide = tf.matMul(
          tall,
          tf.tile(tf.reshape(columns, [1, 1, ...columns.shape]), [2, 8, 1, 1]),
          false,
          true,
        );
        const want = tf.transpose(wide, [0, 2, 3, 1]);
        expect(y.shape).toEqual(want.shape);
        expect(relativeError(y.dataSync(), want.dataSync())).toBeLessThan(1e-5);
        const shapes = inputs.map(({ shape }) => shape);
        expect(layer.computeOutputShape(shapes)).toEqual(y.shape);
        const one = shapes.map((shape) => shape.slice(1));
        const { ran, needed } = measureMultiplyAdds(layer, one, 'test');
        const count = layer.multiplyAdds!(y.shape.slice(1), one[0]!);
        expect(count).toBeGreaterThanOrEqual(0.95 * needed);
        expect(count).toBeLessThanOrEqual(ran);
      }
      expect(leakedTensors(() => layer.apply(x) as tf.Tensor)).toBe(0);
    });
  });
});

describe('the layers', () => {
  beforeAll(() => useBackend('wasm'));

  it.each(LINEAR)("'%s' %j survives a saved model with a reference", async (name, config) => {
    const image = tf.input({ shape: [3, 4, 2] });
    const reference = tf.input({ shape: [null, null, 1] });
    const outputs = make(name, config).apply([image, reference]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [image, reference], outputs });
    const json = JSON.parse(JSON.stringify(model.toJSON(null, false)));
    const copy = await tf.models.modelFromJSON(json);
    tf.tidy(() => {
      const inputs = [unitTensor(1, [1, 3, 4, 2]), tf.zeros([1, 6, 8, 1])];
      const [y, z] = [model, copy].map((one) => one.predict(inputs) as tf.Tensor);
      expect(y!.shape).toEqual([1, 6, 8, 2]);
      expect([...z!.dataSync()]).toEqual([...y!.dataSync()]);
    });
  });

  it.each(LINEAR)("'%s' %j sees one image in both data formats", (name, config) => {
    const [last, first] = [
      make(name, config),
      make(name, { ...config, dataFormat: 'channelsFirst' }),
    ];
    tf.tidy(() => {
      const x = unitTensor(3, [1, 3, 4, 2]);
      const y = last.apply(x) as tf.Tensor;
      const z = first.apply(tf.transpose(x, [0, 3, 1, 2])) as tf.Tensor;
      expect(z.shape).toEqual(first.computeOutputShape([1, 2, 3, 4]));
      const turned = tf.transpose(z, [0, 2, 3, 1]);
      expect(relativeError(turned.dataSync(), y.dataSync())).toBeLessThan(1e-5);
    });
  });

  it('interpolate at half-pixel centres, as tfjs does', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [1, 3, 5, 2]) as tf.Tensor4D;
      for (const outputSize of [
        [6, 10],
        [7, 8],
      ] as [number, number][]) {
        const linear = tf.image.resizeBilinear(x, outputSize, false, true);
        const nearest = tf.image.resizeNearestNeighbor(x, outputSize, false, true);
        const near = (got: tf.Tensor, want: tf.Tensor) =>
          expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-5);
        near(interpolatedUpsample(x, { outputSize }), linear);
        near(interpolatedUpsample(x, { outputSize, interpolation: 'nearest' }), nearest);
      }
    });
  });

  it('have names, and partners', () => {
    expect(upsamplingNames()).toHaveLength(8);
    expect(make('transposed', { filters: 3, kernelSize: 2, strides: 2 }).getClassName()).toBe(
      'Conv2DTranspose',
    );
    expect(make('aps', {}).getClassName()).toBe(make('lps', {}).getClassName());
    expect(make('fractional', {}).getClassName()).toBe('ds>FractionalUnpool');
    expect(['diffstride', 'blur', 'lps', 'max', 'conv'].map(partnerUpsampling)).toEqual([
      'spectral',
      'blur',
      'lps',
      'bilinear',
      'transposed',
    ]);
    expect(() => make('cubic' as never, {})).toThrow(/name must be one of spectral, blur/);
    expect(() => make('blur', { filtersize: 3 })).toThrow(/filterSize/);
    expect(() => make('nearest', { interpolation: 'bilinear' })).toThrow(
      'upsamplingLayer: interpolation must not be given, got "bilinear"',
    );
    expect(() => make('transposed', {})).toThrow(
      'upsamplingLayer: filters must be an integer >= 1, got undefined',
    );
    expect(() => make('transposed', { filters: 2 })).toThrow(
      'upsamplingLayer: kernelSize must be an array, got undefined',
    );
  });

  it.each(LINEAR)("'%s' %j refuses a wrong size of the reference by name", (name, config) => {
    const layer = make(name, config);
    expect(() => layer.matrices!([3, 4], [6.5, 8])).toThrow(/\.matrices: output/);
    expect(() => layer.matrices!([3, 4], [6] as never)).toThrow(/\.matrices: output/);
  });

  it('refuse other inputs than an image and a reference', () => {
    const layer = make('bilinear', {});
    const x = tf.zeros([1, 2, 2, 1]);
    expect(() => layer.apply([x, x, x])).toThrow(
      'InterpolatedUpsample: inputs must be [image] or [image, reference], got 3',
    );
    expect(() => layer.apply([x, tf.zeros([1, 1, 1, 1])])).toThrow(/at least the input's size/);
    expect(() =>
      make('blur', {}).computeOutputShape([
        [null, 2, 2, 1],
        [null, 7, 4, 1],
      ]),
    ).toThrow(
      'BlurUpsample: outputSize must be a size that strides [2,2] reduce to [2,2], got [7,4]',
    );
    x.dispose();
  });

  it('refuse an output size below the input as soon as a model is built', () => {
    for (const name of ['spectral', 'bilinear', 'nearest'] as const) {
      const layer = make(name, { outputSize: 3 });
      expect(() => layer.computeOutputShape([null, 4, 2, 1])).toThrow(
        "outputSize must be at least the input's size [4,2], got [3,3]",
      );
      expect(layer.computeOutputShape([null, 3, 2, 1])).toEqual([null, 3, 3, 1]);
      expect(layer.computeOutputShape([null, null, 4, 1])).toEqual([null, 3, 3, 1]);
    }
  });

  it('refuse an output too small to reflect as soon as a model is built', () => {
    const layer = new BlurUpsample({ strides: [2, 1], filterSize: 4, name: 'up' });
    expect(() => layer.apply(tf.input({ shape: [12, 1, 3] }))).toThrow(
      "BlurUpsample: layer 'up' gets a map of 12×1: " +
        'the output must be larger than the reflection (2 pixels), got size 1',
    );
    expect(layer.computeOutputShape([null, 2, 3, 1])).toEqual([null, 4, 3, 1]);
    expect(layer.computeOutputShape([null, null, null, 1])).toEqual([null, null, null, 1]);
    const shapes = [
      [null, null, 3, 1],
      [null, 2, 3, 1],
    ];
    expect(() => layer.computeOutputShape(shapes)).toThrow("layer 'up' gets a map of ?×3: ");
    const circular = new BlurUpsample({ strides: [2, 1], filterSize: 4, padding: 'circular' });
    expect(circular.computeOutputShape([null, 12, 1, 3])).toEqual([null, 24, 1, 3]);
  });

  it('take sizes from typed arrays, and save plain ones', () => {
    const outputSize = Int32Array.of(6, 8) as never;
    for (const name of ['spectral', 'bilinear', 'nearest', 'blur'] as const) {
      const layer = make(name, { outputSize });
      expect(layer.getConfig().outputSize).toEqual([6, 8]);
      expect(layer.computeOutputShape([null, 3, 4, 1])).toEqual([null, 6, 8, 1]);
      tf.tidy(() => {
        expect((layer.apply(tf.ones([1, 3, 4, 1])) as tf.Tensor).shape).toEqual([1, 6, 8, 1]);
        const { rows } = layer.matrices!(Int32Array.of(3, 4) as never, outputSize);
        expect(rows.shape).toEqual([6, 3]);
      });
    }
  });
});

describe('the largest output', () => {
  beforeAll(() => useBackend('cpu'));

  const tooLarge = 'must give sides <= 1048576 and at most 67108864 pixels, got';

  it.each([
    ['spectralUpsample', spectralUpsample],
    ['interpolatedUpsample', interpolatedUpsample],
    ['blurUpsample', blurUpsample],
  ] as const)('bounds the strides and the size of %s', (name, upsample) => {
    tf.tidy(() => {
      const x = tf.ones([1, 8, 8, 1]) as tf.Tensor4D;
      for (const strides of [1e6, 1e9, 2 ** 11]) {
        const got = `[${8 * strides}, ${8 * strides}]`;
        expect(() => upsample(x, { strides })).toThrow(`${name}: strides ${tooLarge} ${got}`);
      }
      const outputSize: [number, number] = [2 ** 14, 2 ** 14];
      const got = '[16384, 16384]';
      expect(() => upsample(x, { outputSize })).toThrow(`${name}: outputSize ${tooLarge} ${got}`);
    });
  });

  it.each(['SpectralUpsample', 'InterpolatedUpsample', 'BlurUpsample'] as const)(
    'bounds the symbolic size of %s',
    (name) => {
      const layer = new { SpectralUpsample, InterpolatedUpsample, BlurUpsample }[name]({
        strides: 2 ** 50,
      });
      const input = tf.input({ shape: [8, 8, 1] });
      expect(() => layer.apply(input)).toThrow(`${name}: strides ${tooLarge} [9007199254740992, `);
    },
  );

  it('refuses a stride that is infinite in float32', () => {
    expect(() => new SpectralUpsample({ strides: 1e300 })).toThrow(
      'SpectralUpsample: strides must be finite in float32, got [1e+300, 1e+300]',
    );
  });
});
