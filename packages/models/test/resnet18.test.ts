import { useBackend } from '@ds/backend';
import { poolingNames } from '@ds/layers';
import { readGolden, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { costReport, type Resnet18Options, resnet18, strideVariables } from '../src/index.js';

interface ResnetCase {
  case: string;
  params: {
    arch: 'preact' | 'postact';
    stem: 'cifar' | 'imagenet';
    strides: number[];
    pooling: 'conv' | 'spectral' | 'diffstride';
    inputSize: [number, number];
    classes: number;
  };
  output: {
    trainableWithoutStrides: number;
    strideParams: number;
    batchNormMoving: number;
    macs: number;
    layers: { name: string; shape: number[]; macs: number; params: number }[];
  };
}
const goldens = readGolden<ResnetCase>(new URL('fixtures/resnet18.json', import.meta.url)).cases;

/** The name of our layer. A shared pooling has one name in both branches. */
const ourName = (name: string) => name.replace('.shortcut.pool', '.pool');

const tiny: Resnet18Options = { inputShape: [16, 12, 3], classes: 4, width: 4, seed: 1 };

/** The network for backends that take seconds for each. Shapes and counts are the same on all. */
const lightest = goldens.reduce((a, b) => (b.output.macs < a.output.macs ? b : a));

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const within = backend === 'wasm' ? goldens : [lightest];

  it.each(within.map((c) => [c.case, c] as const))(
    '%s: sizes, parameters and cost match the golden numbers',
    (_, golden) => {
      const { arch, stem, strides, pooling, inputSize, classes } = golden.params;
      const model = resnet18({
        inputShape: [...inputSize, 3],
        classes,
        strides,
        pooling,
        variant: arch === 'preact' ? 'preact' : 'original',
        stem,
      });
      const { trainableWithoutStrides, strideParams, batchNormMoving } = golden.output;
      const count = (weights: tf.LayerVariable[]) =>
        weights.reduce((total, { shape }) => total + shape.reduce<number>((p, n) => p * n!, 1), 0);
      expect(count(model.trainableWeights)).toBe(trainableWithoutStrides + strideParams);
      expect(count(model.nonTrainableWeights)).toBe(batchNormMoving);
      const report = costReport(model, [...inputSize, 3]);
      // The golden numbers count convolutions and the classifier. Poolings are in
      // cost-report.test.ts.
      const isPooling = (name: string) => /pool/.test(name);
      const unpooled = report.filter(({ layer }) => !isPooling(layer));
      expect(unpooled.reduce((total, { macs }) => total + macs, 0)).toBe(golden.output.macs);
      for (const want of golden.output.layers) {
        const got = report.find(({ layer }) => layer === ourName(want.name));
        expect(got, want.name).toMatchObject({ outputShape: want.shape });
        if (!isPooling(want.name)) expect(got!.macs, want.name).toBe(want.macs);
        if (!/pool/.test(want.name)) expect(got!.parameters).toBe(want.params);
      }
      model.dispose();
    },
    // A GPU in software takes seconds, and up to a minute while other tests run.
    180_000,
  );
});

describe('resnet18', () => {
  beforeAll(() => useBackend('wasm'));

  it('shares one pooling between the branches of a projecting layer', () => {
    const model = resnet18({ ...tiny, pooling: 'diffstride' });
    const shared = strideVariables(model);
    expect(shared.map(({ layer }) => layer)).toEqual([
      'stem.pool',
      'stage2.block0.pool',
      'stage3.block0.pool',
      'stage4.block0.pool',
    ]);
    expect(shared.map(({ strides }) => strides)).toEqual([
      [1, 1],
      [2, 2],
      [2, 2],
      [2, 2],
    ]);
    const rows = costReport(model, [16, 12, 3]).filter(
      ({ layer }) => layer === 'stage2.block0.pool',
    );
    expect(rows).toHaveLength(2);
    expect(rows.map(({ parameters }) => parameters)).toEqual([2, 0]);
    expect(strideVariables(resnet18({ ...tiny, pooling: 'spectral' }))).toEqual([]);
    model.dispose();
  });

  it('changes its cost with the strides', () => {
    const model = resnet18({ ...tiny, poolingConfig: { smoothness: 1 } });
    const macs = () => costReport(model, [16, 12, 3]).reduce((sum, row) => sum + row.macs, 0);
    const before = macs();
    strideVariables(model)[1]!.variable.assign(tf.tensor1d([4, 4]));
    expect(macs()).toBeLessThan(before);
    model.dispose();
  });

  it('has equal weights and outputs only with equal seeds', () => {
    tf.tidy(() => {
      const x = unitTensor(1, [2, 16, 12, 3]);
      const outputs = [1, 1, 2, 0, 0].map((seed) => {
        const model = resnet18({ ...tiny, seed });
        const y = (model.predict(x) as tf.Tensor).dataSync().slice();
        model.dispose();
        return y;
      });
      expect(relativeError(outputs[1]!, outputs[0]!)).toBe(0);
      expect(relativeError(outputs[2]!, outputs[0]!)).toBeGreaterThan(1e-2);
      expect(relativeError(outputs[4]!, outputs[3]!)).toBe(0);
    });
  });

  it.each(poolingNames())('takes the registered pooling %s by name', (pooling) => {
    const model = resnet18({ ...tiny, inputShape: [40, 33, 3], pooling });
    tf.tidy(() => {
      const logits = model.predict(unitTensor(2, [2, 40, 33, 3])) as tf.Tensor;
      expect(logits.shape).toEqual([2, 4]);
      expect([...logits.dataSync()].every(Number.isFinite)).toBe(true);
    });
    model.dispose();
  });

  it.each(['preact', 'original'] as const)(
    'in the %s variant puts a blur after the ReLU, and DiffStride before it',
    (variant) => {
      const sourceOf = (pooling: string) => {
        const model = resnet18({ ...tiny, pooling, variant });
        const [main] = model.getLayer('stage3.block0.pool').inboundNodes;
        return main!.inputTensors[0]!.sourceLayer.name;
      };
      const relu = variant === 'preact' ? 'relu2' : 'relu1';
      for (const pooling of ['blur', 'max-blur', 'aps', 'lps']) {
        expect(sourceOf(pooling)).toBe(`stage3.block0.${relu}`);
      }
      for (const pooling of ['diffstride', 'spectral', 'flc']) {
        expect(sourceOf(pooling)).toBe('stage3.block0.conv1');
      }
    },
  );

  it('has no blur at stride 1', () => {
    const names = (pooling: string) =>
      resnet18({ ...tiny, strides: [1, 1, 3, 1, 3], pooling })
        .layers.map(({ name }) => name)
        .filter((name) => name.endsWith('.pool'));
    expect(names('blur')).toEqual(['stage2.block0.pool', 'stage4.block0.pool']);
    expect(names('diffstride')).toHaveLength(4);
  });

  it.each(['conv', 'diffstride', 'lps'])(
    'is freed with its %s, both loaded and new',
    async (pooling) => {
      const before = tf.memory().numTensors;
      const model = resnet18({ ...tiny, pooling });
      let saved: tf.io.ModelArtifacts | undefined;
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
        }),
      );
      const copy = await tf.loadLayersModel(tf.io.fromMemory(saved!));
      model.dispose();
      copy.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it.each([
    ['aps', 8],
    ['lps', 576],
    ['tips', 8 * (9 + 1)],
  ])('keeps one grid of %s in both branches of a block', (pooling, perPixel) => {
    const model = resnet18({ ...tiny, pooling });
    const nodes = model.getLayer('stage2.block0.pool').inboundNodes;
    expect(nodes).toHaveLength(1);
    expect(nodes[0]!.inputTensors).toHaveLength(2);
    const rows = costReport(model, [16, 12, 3]).filter(
      ({ layer }) => layer === 'stage2.block0.pool',
    );
    expect(rows.map(({ outputShape }) => outputShape)).toEqual([
      [8, 6, 8],
      [8, 6, 8],
    ]);
    // One branch has 192 pixels in its four components. Each takes a square for each of eight
    // channels, or the scoring network's 3×3×8×8 taps, or nine taps and a mean for each channel.
    expect(rows.map(({ macs }) => macs)).toEqual([perPixel * 192, 0]);
    tf.tidy(() => {
      const images = unitTensor(3, [2, 16, 12, 3]);
      const loss = () =>
        tf.sum(tf.square(model.apply(images, { training: true }) as tf.Tensor)) as tf.Scalar;
      const { grads } = tf.variableGrads(loss);
      expect(Object.keys(grads).length).toBeGreaterThanOrEqual(model.trainableWeights.length);
    });
  });

  it('adds weight decay to its losses', () => {
    const model = resnet18({ ...tiny, pooling: 'conv', weightDecay: 1e-3 });
    const total = tf.tidy(() => tf.addN(model.calculateLosses()).dataSync()[0]!);
    const kernels = model.layers.filter((layer) =>
      ['Conv2D', 'Dense'].includes(layer.getClassName()),
    );
    const squares = kernels.flatMap((layer) => [...layer.getWeights()[0]!.dataSync()]);
    const sum = squares.reduce((all, weight) => all + weight ** 2, 0);
    expect(total).toBeCloseTo(1e-3 * sum, 5);
    expect(resnet18({ ...tiny, pooling: 'conv' }).calculateLosses()).toHaveLength(0);
    model.dispose();
  });
});

it('computes the same on cpu and, after saving and loading, on wasm', async () => {
  await useBackend('cpu');
  const model = resnet18({ ...tiny, poolingConfig: { smoothness: 2 } });
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const outputs = (m: tf.LayersModel) =>
    tf.tidy(() => (m.predict(unitTensor(3, [2, 16, 12, 3])) as tf.Tensor).dataSync().slice());
  const want = outputs(model);
  await useBackend('wasm');
  const copy = await tf.loadLayersModel(tf.io.fromMemory(artifacts!));
  expect(relativeError(outputs(copy), want)).toBeLessThan(1e-4);
});

describe('bad input', () => {
  it.each([
    [{ classes: 1 }, 'resnet18: classes must be an integer >= 2, got 1'],
    [
      { strides: [1, 2, 2, 2, 2] },
      'resnet18: strides[1] must be 1, since stage 1 has no projection, got 2',
    ],
    [
      { strides: [1, 1, 2] },
      'resnet18: strides must be 5 numbers [stem, stage 1 … stage 4], got [1, 1, 2]',
    ],
    [{ strides: [1, 1, 0.5, 2, 2] }, 'resnet18: strides must be >= 1, got [1, 1, 0.5, 2, 2]'],
    [
      { strides: [1, 1, 1.5, 2, 2], pooling: 'conv' },
      "resnet18: strides must be integers with pooling 'conv', got 1.5",
    ],
    [{ pooling: 'maximal' }, 'resnet18: pooling must be one of conv, diffstride'],
    [
      { inputShape: [0, 4, 3] as [number, number, number] },
      'resnet18: inputShape must be [height, width, channels], integers >= 1',
    ],
    [{ width: 0 }, 'resnet18: width must be an integer >= 1, got 0'],
    [{ variant: 'v3' as 'preact' }, `resnet18: variant must be 'preact' or 'original', got "v3"`],
    [
      { stem: 'big' as 'cifar' },
      `resnet18: stem must be 'cifar', 'imagenet' or 'antialiased', got "big"`,
    ],
    [{ weightDecay: -1 }, 'resnet18: weightDecay must be a finite number >= 0, got -1'],
    [{ weightDecay: Infinity }, 'resnet18: weightDecay must be a finite number >= 0, got Infinity'],
    [{ width: 1.5 }, 'resnet18: width must be an integer >= 1, got 1.5'],
    [{ classes: Number.NaN }, 'resnet18: classes must be an integer >= 2, got NaN'],
    [
      { strides: new Float32Array(5) as never },
      'resnet18: strides must be a plain array, got Float32Array(5)',
    ],
    [
      { strides: [1, 1, [2, 2], 2, 2] as never },
      'resnet18: strides must hold numbers, got [1, 1, […], 2, 2]',
    ],
    [
      { inputShape: new Float32Array(3) as never },
      'resnet18: inputShape must be a plain array, got Float32Array(3)',
    ],
    [
      { poolingConfig: { smoothness: -1 } },
      'DiffStride: smoothness must be a finite number >= 0, got -1',
    ],
  ])('%j is an error that names the argument', (change, message) => {
    expect(() => resnet18({ ...tiny, ...change })).toThrow(message);
  });
});
