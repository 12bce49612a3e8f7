import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BlurPool,
  DctDiffStride,
  DctPool,
  DiffStride,
  diffStride,
  FlcPool,
  FractionalMaxPool,
  poolingLayer,
  poolingNames,
  registerPooling,
  SpectralPool,
  spectralPool,
} from '../src/index.js';

/** A model with one pooling, saved to memory and loaded again. */
async function reloaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  // Through JSON, as in a file, which drops `undefined`.
  const topology = JSON.parse(JSON.stringify(saved!.modelTopology));
  return tf.loadLayersModel(tf.io.fromMemory({ ...saved!, modelTopology: topology }));
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('DiffStride applies the op to its weight of two strides', () => {
    const layer = new DiffStride({ strides: [2.2, 1.6], smoothness: 2 });
    tf.tidy(() => {
      const x = unitTensor(1, [2, 10, 12, 3]) as tf.Tensor4D;
      const y = layer.apply(x) as tf.Tensor4D;
      const want = diffStride(x, tf.tensor1d([2.2, 1.6]), { smoothness: 2 });
      expect(relativeError(y.dataSync(), want.dataSync())).toBe(0);
      expect(layer.strideVariable!.shape).toEqual([2]);
      expect(layer.outputSize([10, 12])).toEqual(y.shape.slice(1, 3));
    });
    layer.dispose();
  });

  it('a saved model with learned strides gives the same outputs when loaded', async () => {
    const input = tf.input({ shape: [12, 10, 2] });
    const pooled = new DiffStride({
      strides: [2, 3],
      smoothness: 1,
      alignment: 'symmetric',
      upperLimit: 5,
      name: 'learned',
    }).apply(input) as tf.SymbolicTensor;
    const fixed = new SpectralPool({ strides: 1.5, norm: 'forward' }).apply(
      pooled,
    ) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: fixed });
    const layer = model.getLayer('learned') as unknown as DiffStride;
    layer.strideVariable!.assign(tf.tensor1d([1.75, 2.4]));
    const copy = await reloaded(model);
    tf.tidy(() => {
      const x = unitTensor(4, [2, 12, 10, 2]);
      const [a, b] = [model.predict(x), copy.predict(x)] as tf.Tensor[];
      expect(b!.shape).toEqual(a!.shape);
      expect(relativeError(b!.dataSync(), a!.dataSync())).toBe(0);
    });
    expect((copy.getLayer('learned') as unknown as DiffStride).strides[0]).toBeCloseTo(1.75, 6);
    model.dispose();
    copy.dispose();
  });

  it('trains its strides under model.fit, without a leak from step to step', async () => {
    const model = tf.sequential({
      layers: [
        new DiffStride({ strides: [2.3, 2.3], smoothness: 2, inputShape: [12, 12, 1] }) as never,
        // Without it the average sees only zero frequency, whose mask never changes.
        tf.layers.reLU(),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 1, kernelInitializer: 'ones' }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(5), loss: 'meanSquaredError' });
    const x = unitTensor(8, [4, 12, 12, 1]);
    const y = tf.ones([4, 1]);
    const strides = () => (model.layers[0] as unknown as DiffStride).strides;
    const before = strides();
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    const tensors = tf.memory().numTensors;
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(strides()).not.toEqual(before);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('projects the strides when they are written or assigned', () => {
    const layer = new DiffStride({ strides: 2, lowerLimit: 1.5, upperLimit: 3 });
    tf.tidy(() => {
      const x = tf.ones([1, 16, 16, 1]);
      layer.apply(x);
      layer.setWeights([tf.tensor1d([0.2, 9])]);
      expect(layer.strides).toEqual([1.5, 3]);
      // A plain tfjs optimizer assigns like this.
      layer.strideVariable!.assign(tf.tensor1d([0.2, 9]));
      expect(layer.strides).toEqual([1.5, 3]);
      const y = layer.apply(x) as tf.Tensor;
      const want = diffStride(x as tf.Tensor4D, tf.tensor1d([1.5, 3]));
      expect(relativeError(y.dataSync(), want.dataSync())).toBe(0);
    });
    layer.dispose();
  });
});

describe('symbolic shapes', () => {
  it('are null if they depend on the strides', () => {
    const shape = (layer: tf.layers.Layer) => layer.computeOutputShape([null, 9, 11, 3]);
    expect(shape(new DiffStride())).toEqual([null, null, null, 3]);
    expect(shape(new DiffStride({ cropping: false }))).toEqual([null, 9, 10, 3]);
    expect(shape(new SpectralPool({ strides: 2 }))).toEqual([null, 4, 5, 3]);
    const first = new DiffStride({ cropping: false, dataFormat: 'channelsFirst' });
    expect(first.computeOutputShape([null, 3, 9, 11])).toEqual([null, 3, 9, 10]);
    expect(new SpectralPool().computeOutputShape([null, null, 8, 3])).toEqual([null, null, 4, 3]);
  });

  it('agree with the real shapes', () => {
    tf.tidy(() => {
      for (const [height, width] of [
        [1, 1],
        [7, 5],
        [8, 9],
      ] as const) {
        for (const layer of [
          new DiffStride({ cropping: false }),
          new SpectralPool({ strides: 1.7 }),
        ]) {
          const symbolic = layer.computeOutputShape([2, height, width, 3]);
          expect((layer.apply(tf.ones([2, height, width, 3])) as tf.Tensor).shape).toEqual(
            symbolic,
          );
        }
      }
    });
  });
});

describe('configuration', () => {
  it('survives a round trip through getConfig', () => {
    const config = {
      strides: [2, 3] as [number, number],
      smoothness: 2,
      cropping: false,
      trainable: false,
      lowerLimit: 1.5,
      upperLimit: 6,
      alignment: 'symmetric' as const,
      norm: 'forward' as const,
      dataFormat: 'channelsFirst' as const,
    };
    const layer = new DiffStride(config);
    expect(layer.getConfig()).toMatchObject(config);
    const copy = DiffStride.fromConfig(DiffStride as never, layer.getConfig()) as DiffStride;
    expect(copy.getConfig()).toEqual(layer.getConfig());
    const spectral = new SpectralPool({ strides: [1.5, 2], norm: 'backward' });
    expect(new SpectralPool(spectral.getConfig() as never).getConfig()).toEqual(
      spectral.getConfig(),
    );
  });

  it('does not train with trainable false, and a shared stride has one number', () => {
    const frozen = new DiffStride({ trainable: false });
    const shared = new DiffStride({ sharedStride: true, strides: 3 });
    tf.tidy(() => {
      frozen.apply(tf.ones([1, 8, 8, 1]));
      shared.apply(tf.ones([1, 8, 8, 1]));
    });
    expect(frozen.trainableWeights).toHaveLength(0);
    expect(frozen.nonTrainableWeights).toHaveLength(1);
    expect(shared.trainableWeights[0]!.shape).toEqual([1]);
    expect(shared.strides).toEqual([3, 3]);
  });

  it.each([
    [() => new DiffStride({ strides: [0.5, 2] }), 'DiffStride: strides must be >= 1, got [0.5, 2]'],
    [
      () => new DiffStride({ strides: [Number.NaN, 2] }),
      'DiffStride: strides must be >= 1, got [NaN, 2]',
    ],
    [
      () => new DiffStride({ smoothness: -4 }),
      'DiffStride: smoothness must be a finite number >= 0, got -4',
    ],
    [
      () => new DiffStride({ sharedStride: true, strides: [2, 3] }),
      'DiffStride: strides must be equal with sharedStride, got [2, 3]',
    ],
    [() => new DiffStride({ lowerLimit: 0.1 }), 'DiffStride: lowerLimit must be >= 0.125, got 0.1'],
    [
      () => new DiffStride({ lowerLimit: 1e300 }),
      'DiffStride: lowerLimit must be finite in float32, got 1e+300',
    ],
    [
      () => new DctDiffStride({ lowerLimit: 1e300 }),
      'DctDiffStride: lowerLimit must be finite in float32, got 1e+300',
    ],
    [
      () => new DctDiffStride({ lowerLimit: 0.5 }),
      'DctDiffStride: lowerLimit must be >= 1, got 0.5',
    ],
    [
      () => new DiffStride({ strides: 1e300 }),
      'DiffStride: strides must be finite in float32, got [1e+300, 1e+300]',
    ],
    [
      () => diffStride(tf.ones([1, 4, 4, 1]), 2, { lowerLimit: 1e300 }),
      'diffStride: lowerLimit must be finite in float32, got 1e+300',
    ],
    [() => new SpectralPool({ strides: 0 }), 'SpectralPool: strides must be >= 1, got [0, 0]'],
    [() => new SpectralPool({ norm: 'no' as 'ortho' }), 'SpectralPool: norm must be'],
    [
      () => new SpectralPool({ dataFormat: 'NHWC' as 'channelsLast' }),
      'SpectralPool: dataFormat must be',
    ],
    [
      () => new DiffStride().apply(tf.ones([2, 3])),
      'DiffStride: input must have rank 4, got shape [2,3]',
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('the registry', () => {
  it('makes poolings by name', () => {
    expect(poolingNames()).toEqual(expect.arrayContaining(['diffstride', 'spectral']));
    const layer = poolingLayer('diffstride', { strides: [2, 3], smoothness: 1 });
    expect(layer).toBeInstanceOf(DiffStride);
    expect(layer.getConfig()).toMatchObject({ strides: [2, 3], smoothness: 1 });
  });

  it.each([
    ['fractional-max', { ratio: 2 }, 'ratio must be left out, since the pooling decides it, got 2'],
    [
      'fractional-avg',
      { outputSize: 2 },
      'outputSize must be left out, since the pooling decides it, got 2',
    ],
    [
      'subsample',
      { filterSize: 3 },
      'filterSize must be left out, since the pooling decides it, got 3',
    ],
    [
      'subsample',
      { filter: 'kaiser' },
      'filter must be left out, since the pooling decides it, got "kaiser"',
    ],
  ])('makes no %s with an option that its name sets: %j', (name, options, message) => {
    expect(() => poolingLayer(name, { strides: [2, 2], ...options })).toThrow(
      `${name}: ${message}`,
    );
  });

  it('registers new poolings', () => {
    registerPooling('averaging', ({ strides }) =>
      tf.layers.averagePooling2d({ poolSize: strides, strides, padding: 'same' }),
    );
    tf.tidy(() => {
      const layer = poolingLayer('averaging', { strides: [2, 2] });
      expect((layer.apply(tf.ones([1, 4, 4, 1])) as tf.Tensor).shape).toEqual([1, 2, 2, 1]);
    });
  });

  it.each([
    [
      () => poolingLayer('maximal', { strides: [2, 2] }),
      'poolingLayer: name must be one of diffstride, spectral',
    ],
    [
      () => registerPooling('conv', () => new DiffStride()),
      "from a letter or a digit on, other than 'conv' and 'all', got \"conv\"",
    ],
    ...['all', '', '../up', 'x,y', 'two words', '.hidden', '-flag'].map(
      (name) =>
        [
          () => registerPooling(name, () => new DiffStride()),
          `registerPooling: name must be letters, digits and . _ - from a letter or a digit on`,
        ] as [() => void, string],
    ),
    [
      () => registerPooling('spectral', () => new DiffStride()),
      "registerPooling: name must be new, got 'spectral'",
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('sizes', () => {
  it('may be typed arrays', () => {
    const sides = Int32Array.of(16, 12) as never;
    tf.tidy(() => {
      const learned = [new DiffStride({ smoothness: 1 }), new DctDiffStride({ smoothness: 1 })];
      for (const layer of learned) {
        layer.build([null, 16, 12, 1]);
        const want = layer.outputSize([16, 12]);
        expect(layer.outputSize(sides)).toEqual(want);
        expect(layer.outputSizeAtCopy(sides)).toEqual(want);
        expect(layer.reductionNote(sides)).toBe(layer.reductionNote([16, 12]));
      }
      const fixed = [new SpectralPool(), new FlcPool(), new DctPool(), new BlurPool()];
      for (const layer of [...learned, ...fixed]) {
        const [got, want] = [layer.matrices!(sides), layer.matrices!([16, 12])];
        expect([...got.rows.dataSync()]).toEqual([...want.rows.dataSync()]);
        expect([...got.columns.dataSync()]).toEqual([...want.columns.dataSync()]);
      }
      const drawn = new FractionalMaxPool({ seed: 3 });
      expect(drawn.regions(sides)).toEqual(drawn.regions([16, 12]));
    });
  });
});

describe('ops and layers', () => {
  it('agree for SpectralPool', () => {
    tf.tidy(() => {
      const x = unitTensor(6, [1, 8, 9, 2]) as tf.Tensor4D;
      const y = new SpectralPool({ strides: [2, 1.5] }).apply(x) as tf.Tensor;
      expect(relativeError(y.dataSync(), spectralPool(x, [2, 1.5]).dataSync())).toBe(0);
    });
  });
});
