import { useBackend } from '@ds/backend';
import { ConfigError } from '@ds/checks';
import { MaskedDepth, poolingLayer } from '@ds/layers';
import { resnet18, strideVariables } from '@ds/models';
import { complexityLoss } from '@ds/regularizer';
import { unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adam,
  constant,
  cosine,
  evaluate,
  type LabelledBatch,
  sgd,
  standardGroups,
  type TrainEvent,
  type TrainOptions,
  train,
} from '../src/index.js';
import { residualNetwork } from './residual-network.js';

/** Two classes that differ in the sign of their mean: learnable in a few steps. */
function* twoClasses(epoch = 0, count = 4): Generator<LabelledBatch> {
  for (let batch = 0; batch < count; batch++) {
    yield tf.tidy(() => {
      const signs = Array.from({ length: 8 }, (_, i) => ((i + batch) % 2 === 0 ? 1 : -1));
      const noise = unitTensor(batch + 10 * epoch, [8, 12, 12, 3]);
      return {
        images: tf.add(noise, tf.reshape(tf.tensor1d(signs), [8, 1, 1, 1])),
        labels: tf.tensor2d(signs.map((sign) => (sign > 0 ? [1, 0] : [0, 1]))),
      };
    });
  }
}

const tiny = { inputShape: [12, 12, 3] as [number, number, number], classes: 2, width: 4, seed: 1 };
const basic = (): TrainOptions => ({
  batches: twoClasses,
  epochs: 2,
  optimizer: sgd({ momentum: 0.9 }),
  schedule: constant(0.02),
});

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  async function expectLearning(model: tf.LayersModel, count: number): Promise<void> {
    const events: TrainEvent[] = [];
    const result = await train(model, {
      ...basic(),
      batches: (epoch) => twoClasses(epoch, count),
      schedule: cosine(0.05, 2 * count),
      evaluation: () => twoClasses(7, count),
      onEvent: (event) => events.push(event),
    });
    expect(result).toMatchObject({ steps: 2 * count, stopped: false });
    expect(result.epochs[1]!.loss).toBeLessThan(result.epochs[0]!.loss);
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(2 * count);
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(2);
    expect(result.epochs[1]!.evaluation).toMatchObject({ count: 8 * count });
    model.dispose();
  }
  const smooth = (pooling: string) => (pooling === 'diffstride' ? { smoothness: 1 } : {});

  it.each(['conv', 'spectral', 'diffstride'])('a residual network with %s learns', (pooling) => {
    const layer =
      pooling === 'conv'
        ? tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same' })
        : poolingLayer(pooling, { strides: [2, 2], ...smooth(pooling) });
    return expectLearning(residualNetwork([12, 12, 3], [layer]), 2);
  });

  // A GPU in software takes seconds for a step. `webgpu-training.test.ts` compares some with
  // wasm's.
  it.skipIf(backend === 'webgpu').each(['conv', 'spectral', 'diffstride'])(
    'a ResNet-18 with %s learns',
    (pooling) => {
      // tfjs's cpu backend takes seconds for the filter gradients of wider ones.
      const model = resnet18({ ...tiny, width: 2, pooling, poolingConfig: smooth(pooling) });
      return expectLearning(model, 2);
    },
    120_000,
  );
});

describe('train', () => {
  beforeAll(() => useBackend('wasm'));

  /** A network whose strides learn, with a few of ResNet-18's layers. */
  const small = (config: { strides?: [number, number]; upperLimit?: number } = {}) =>
    residualNetwork(
      [12, 12, 3],
      [poolingLayer('diffstride', { strides: [2, 2], smoothness: 1, ...config })],
    );

  it('gives the same numbers for the same seed', async () => {
    const losses = async () => {
      const model = small();
      const { epochs } = await train(model, basic());
      model.dispose();
      return epochs.map(({ loss }) => loss);
    };
    expect(await losses()).toEqual(await losses());
  });

  it.each([
    ['sgd', () => sgd({ momentum: 0.9 })],
    ['adam', () => adam()],
  ])('leaves no tensor behind from step to step with %s', async (_, optimizer) => {
    const model = small();
    const options = { ...basic(), optimizer: optimizer(), schedule: constant(1e-3) };
    await train(model, { ...options, epochs: 1 });
    const before = tf.memory().numTensors;
    await train(model, { ...options, epochs: 2 });
    expect(tf.memory().numTensors).toBe(before);
    options.optimizer.dispose();
    model.dispose();
  });

  it('moves the strides by their own learning rate, and keeps them within their limits', async () => {
    const moved = async (strideLearningRateScale: number) => {
      const model = small({ upperLimit: 2.1 });
      const before = strideVariables(model).map(({ strides }) => strides);
      await train(model, { ...basic(), groups: standardGroups({ strideLearningRateScale }) });
      const after = strideVariables(model).map(({ strides }) => strides);
      model.dispose();
      for (const stride of after.flat()) {
        expect(stride).toBeGreaterThanOrEqual(1);
        expect(stride).toBeLessThanOrEqual(Math.fround(2.1));
      }
      return Math.hypot(...after.flat().map((stride, i) => stride - before.flat()[i]!));
    };
    expect(await moved(0)).toBe(0);
    expect(await moved(10)).toBeGreaterThan(await moved(1));
  });

  it('pushes strides up by the complexity penalty', async () => {
    const grown = async (lambda: number) => {
      const model = small({ strides: [2, 1.5] });
      const strides = () =>
        strideVariables(model).map(({ variable }) => variable as unknown as tf.Tensor1D);
      await train(model, { ...basic(), penalty: complexityLoss(strides, lambda) });
      const all = strideVariables(model).flatMap((one) => one.strides);
      const product = all.reduce((total, stride) => total * stride, 1);
      model.dispose();
      return product;
    };
    expect(await grown(5)).toBeGreaterThan(await grown(0));
  });

  it('trains the strides of the cosine domain by the same groups and penalty', async () => {
    const learned = async (strideLearningRateScale: number, lambda: number) => {
      const strides: [number, number] = [2, 2];
      const config = { strides, smoothness: 1, inputShape: [12, 12, 3], name: 'pool' };
      const model = tf.sequential({
        layers: [
          poolingLayer('dct-diffstride', config),
          tf.layers.activation({ activation: 'tanh' }),
          tf.layers.globalAveragePooling2d({}),
          tf.layers.dense({ units: 2, kernelInitializer: tf.initializers.heNormal({ seed: 1 }) }),
        ],
      });
      const variables = () =>
        strideVariables(model).map(({ variable }) => variable as unknown as tf.Tensor1D);
      const groups = standardGroups({ strideLearningRateScale });
      await train(model, { ...basic(), groups, penalty: complexityLoss(variables, lambda) });
      const after = strideVariables(model).map(({ layer, strides: [h, w] }) => ({ layer, h, w }));
      model.dispose();
      return after;
    };
    expect(await learned(0, 5)).toEqual([{ layer: 'pool', h: 2, w: 2 }]);
    const [[free], [penalized]] = [await learned(10, 0), await learned(10, 5)];
    expect(free!.h).not.toBe(2);
    expect(penalized!.h! * penalized!.w!).toBeGreaterThan(free!.h! * free!.w!);
  });

  it('decays kernels only, and counts the losses of the model', async () => {
    const model = tf.sequential({
      layers: [
        poolingLayer('spectral', { strides: [2, 2], inputShape: [12, 12, 3] }),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 2, kernelRegularizer: tf.regularizers.l2({ l2: 10 }) }),
      ],
    });
    const losses: number[] = [];
    const norm = () => tf.tidy(() => tf.norm(model.weights[0]!.read()).dataSync()[0]!);
    const before = norm();
    await train(model, {
      ...basic(),
      epochs: 1,
      optimizer: sgd(),
      schedule: constant(1e-3),
      groups: standardGroups({ weightDecay: 500 }),
      onEvent: (event) => event.type === 'step' && losses.push(event.loss),
    });
    // One step shrinks by at least 1 − 0.5; without decay the loss's own pull is far weaker.
    expect(norm()).toBeLessThan(before * 0.1);
    // 10 · Σ w² is in the loss: far above log 2.
    expect(losses[0]).toBeGreaterThan(5 * before ** 2);
  });

  it('stops between two steps on a signal, with the results so far', async () => {
    const model = resnet18({ ...tiny, pooling: 'conv' });
    const controller = new AbortController();
    const result = await train(model, {
      ...basic(),
      epochs: 50,
      signal: controller.signal,
      onEvent: (event) => event.type === 'step' && event.step === 5 && controller.abort(),
    });
    expect(result).toMatchObject({ steps: 6, stopped: true });
    expect(result.epochs.at(-1)).toMatchObject({ epoch: 1, images: 16 });
    model.dispose();
  });

  it('leaves the weights of blocks that do not run as they are', async () => {
    const block = (name: string) =>
      tf.sequential({ name, layers: [tf.layers.dense({ units: 3, inputShape: [3] })] });
    const blocks = [block('runs'), block('waits')];
    const model = tf.sequential({
      layers: [
        tf.layers.globalAveragePooling2d({ inputShape: [12, 12, 3] }),
        new MaskedDepth({ blocks, initialDepth: 1 }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    const kernels = () => blocks.map((one) => [...one.getWeights()[0]!.dataSync()]);
    const before = kernels();
    await train(model, { ...basic(), epochs: 1, optimizer: adam(), schedule: constant(1e-3) });
    const after = kernels();
    expect(after[0]).not.toEqual(before[0]);
    expect(after[1]).toEqual(before[1]);
    model.dispose();
  });

  it('ends with an error that names the step when the loss is not finite', async () => {
    const model = resnet18({ ...tiny, pooling: 'conv' });
    const poisoned = function* (): Generator<LabelledBatch> {
      yield* twoClasses(0, 2);
      yield {
        images: tf.fill([8, 12, 12, 3], Number.NaN),
        labels: tf.fill([8, 2], 0.5),
      };
    };
    await expect(train(model, { ...basic(), batches: poisoned })).rejects.toThrow(
      'train: loss must stay finite, got NaN in epoch 0, step 2, at learning rate 0.02',
    );
    model.dispose();
  });

  it('fails with the error of an asynchronous onEvent', async () => {
    const model = resnet18({ ...tiny, classes: 2, pooling: 'conv' });
    const onEvent = async () => {
      throw new RangeError('the log is full');
    };
    await expect(train(model, { ...basic(), onEvent })).rejects.toThrow('the log is full');
    model.dispose();
  });

  it('refuses what does not fit', async () => {
    const model = resnet18({ ...tiny, classes: 3, pooling: 'conv' });
    await expect(train(model, basic())).rejects.toThrow(
      'train: labels must have the shape [images, classes] = [8, 3], got [8, 2]',
    );
    await expect(train(model, { ...basic(), epochs: 0 })).rejects.toThrow('train: epochs must be');
    await expect(train(model, { ...basic(), batches: () => [] })).rejects.toThrow(
      new ConfigError('train: batches must hold at least one image in each epoch, got none'),
    );
    await expect(train(model, { ...basic(), labelSmoothing: 1 })).rejects.toThrow(
      'train: labelSmoothing must be in [0, 1), got 1',
    );
    await expect(
      train(model, { ...basic(), groups: [{ matches: () => true, weightDecay: -1 }] }),
    ).rejects.toThrow('train: groups[0].weightDecay must be a finite number >= 0, got -1');
    await expect(evaluate(model, [])).rejects.toThrow(
      new ConfigError('evaluate: batches must hold at least one image, got none'),
    );
    model.dispose();
  });
});
