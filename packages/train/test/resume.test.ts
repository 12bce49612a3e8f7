import { useBackend } from '@ds/backend';
import { ConfigError } from '@ds/checks';
import { resnet18 } from '@ds/models';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adam, cosine, sgd, type TrainingState, train } from '../src/index.js';

const EPOCHS = 2;
const SIZES = [4, 4, 3];

/** A small network whose poolings draw at random, and everything it came to. */
async function trained(
  optimizerName: 'sgd' | 'adam',
  more: { resume?: TrainingState; stopAfter?: number; cutAfter?: number } = {},
) {
  const model = resnet18({
    inputShape: [8, 8, 3],
    classes: 2,
    width: 2,
    strides: [1, 1, 2, 2, 1],
    pooling: 'fractional-max',
    seed: 3,
  });
  const optimizer = optimizerName === 'sgd' ? sgd({ momentum: 0.9 }) : adam();
  const states: TrainingState[] = [];
  const controller = new AbortController();
  const batch = (size: number, seed: number) => ({
    images: unitTensor(seed, [size, 8, 8, 3]),
    labels: tf.tensor2d(Array.from({ length: size }, (_, i) => [i % 2, 1 - (i % 2)])),
  });
  const told: number[] = [];
  let evaluated = 0;
  const { epochs, steps, stopped } = await train(model, {
    batches: function* (epoch) {
      for (const [index, size] of SIZES.entries()) yield batch(size, 10 * epoch + index);
    },
    evaluation: function* () {
      for (const seed of [97, 98, 99]) {
        yield batch(5, seed);
        if (++evaluated === more.cutAfter) controller.abort();
      }
    },
    epochs: EPOCHS,
    optimizer,
    schedule: cosine(0.05, EPOCHS * SIZES.length),
    signal: controller.signal,
    resume: more.resume,
    checkpoints: { every: 2, save: (state) => void states.push(structuredClone(state)) },
    onEvent: (event) => {
      if (event.type === 'epoch') told.push(event.epoch);
      if (event.type === 'step' && event.step + 1 === more.stopAfter) controller.abort();
    },
  });
  const weights = model.weights.flatMap((weight) => [...weight.read().dataSync()]);
  model.dispose();
  optimizer.dispose();
  const plain = epochs.map(({ seconds: _, ...summary }) => summary);
  return { weights, epochs: plain, steps, states, stopped, told };
}

describe.each(['sgd', 'adam'] as const)('a training with %s', (optimizer) => {
  beforeAll(() => useBackend('wasm'));

  it('continues from any of its states to the numbers of an uninterrupted one', async () => {
    const whole = await trained(optimizer);
    expect(whole.states.map(({ step, epoch, position }) => [step, epoch, position])).toEqual([
      [2, 0, 2],
      [3, 1, 0],
      [4, 1, 1],
      [6, 1, 3],
      [6, 2, 0],
    ]);
    for (const resume of whole.states) {
      const { weights, epochs, steps } = await trained(optimizer, { resume });
      expect(steps).toBe(6);
      expect(epochs).toEqual(whole.epochs);
      expect(weights).toEqual(whole.weights);
    }
  });

  it('returns its state when it is stopped, and continues from it', async () => {
    const stopped = await trained(optimizer, { stopAfter: 5 });
    const resume = stopped.states.at(-1)!;
    expect([resume.step, resume.epoch, resume.position]).toEqual([5, 1, 2]);
    const whole = await trained(optimizer);
    expect((await trained(optimizer, { resume })).weights).toEqual(whole.weights);
  });

  it.each([
    [1, 0, 3],
    [5, 1, 6],
  ])(
    'saves nothing of an evaluation that is cut at its batch %i',
    async (cutAfter, epoch, step) => {
      const cut = await trained(optimizer, { cutAfter });
      expect(cut).toMatchObject({ stopped: true, steps: step });
      expect([cut.epochs.length, cut.told.length]).toEqual([epoch, epoch]);
      const resume = cut.states.at(-1)!;
      expect([resume.step, resume.epoch, resume.position]).toEqual([step, epoch, 3]);
      expect(resume.epochs).toHaveLength(epoch);
      const whole = await trained(optimizer);
      const again = await trained(optimizer, { resume });
      expect(again.epochs).toEqual(whole.epochs);
      expect(again.weights).toEqual(whole.weights);
      expect(again.stopped).toBe(false);
    },
  );

  it('keeps an evaluation whose last batch was done when the signal came', async () => {
    const { epochs, states, stopped } = await trained(optimizer, { cutAfter: 6 });
    expect(stopped).toBe(true);
    expect(epochs.map(({ evaluation }) => evaluation!.count)).toEqual([15, 15]);
    expect(states.at(-1)).toMatchObject({ epoch: 2, position: 0 });
  });
});

describe('a state that is refused', () => {
  const dense = () => tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones' });
  const network = () => tf.sequential({ layers: [dense(), tf.layers.batchNormalization()] });
  const options = () => ({
    batches: () => [{ images: tf.ones([2, 3]), labels: tf.tensor2d([1, 0, 0, 1], [2, 2]) }],
    epochs: 1,
    optimizer: sgd({ momentum: 0.9 }),
    schedule: cosine(0.1, 1),
  });
  const tensor = (shape: number[]) => ({
    shape,
    values: new Float32Array(shape.reduce((size, side) => size * side, 1)),
  });
  const vectors = (count: number) => Array.from({ length: count }, () => tensor([2]));
  const state = (): TrainingState => ({
    epoch: 0,
    position: 0,
    step: 0,
    totals: { loss: 0, correct: 0, images: 0, seconds: 0 },
    epochs: [],
    weights: [tensor([3, 2]), ...vectors(3)],
    statistics: [vectors(2)],
    optimizer: { steps: 0, slots: [null, null, null, null] },
    draws: {},
  });

  it('is else taken', async () => {
    await useBackend('wasm');
    expect((await train(network(), { ...options(), resume: state() })).steps).toBe(1);
  });

  it.each([
    [{ statistics: [vectors(1)] }, 'with statistics [2] [2], got [2]'],
    [{ statistics: [[tensor([2]), tensor([3])]] }, 'with statistics [2] [2], got [2] [3]'],
    [{ optimizer: { steps: 0, slots: [null] } }, 'with optimizer slots for 4 weights, got slots'],
    [
      { optimizer: { steps: 0, slots: [[tensor([3, 2]), tensor([3, 2])], null, null, null] } },
      'train: resume must be a state of this optimizer, got this error: sgd().restore: state.slots ',
    ],
    [
      { optimizer: { steps: 3, slots: [null, null, null, null] } },
      'sgd().restore: state.slots must have the parameters of its 3 steps, got 0',
    ],
    [{ draws: { pool: 1 } }, 'with 0 layers that draw at random, got one with 1'],
  ])('%# changes nothing', async (part, message) => {
    await useBackend('wasm');
    const model = network();
    const values = () => model.getWeights().map((weight) => [...weight.dataSync()]);
    const before = values();
    const { optimizer, ...rest } = options();
    const { numTensors } = tf.memory();
    const resume = { ...state(), ...part };
    await expect(train(model, { ...rest, optimizer, resume })).rejects.toThrow(message);
    expect(values()).toEqual(before);
    expect(optimizer.state()).toEqual({ steps: 0, slots: new Map() });
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it.each([
    [{}, 'resume.epoch must be an integer >= 0, got undefined'],
    [{ ...state(), statistics: undefined }, 'resume.statistics must be an array, got undefined'],
    [{ ...state(), totals: {} }, 'resume.totals.loss must be a number, got undefined'],
    [{ ...state(), epochs: [1] }, 'resume.epochs[0] must be an object, got 1'],
    [
      { ...state(), optimizer: { steps: 0 } },
      'resume.optimizer.slots must be an array, got undefined',
    ],
    [
      { ...state(), weights: [{ shape: [2], values: [1] }] },
      'resume.weights[0].values must have 2 values, for shape [2], got [1]',
    ],
    [{ ...state(), draws: { pool: -1 } }, "resume.draws['pool'] must be an integer >= 0, got -1"],
  ])('%# lacks a part, or has a wrong one', async (resume, message) => {
    await useBackend('wasm');
    const run = train(network(), { ...options(), resume: resume as TrainingState });
    await expect(run).rejects.toThrow(new ConfigError(`train: ${message}`));
  });
});

it('refuses a state of another model, or of other replicas', async () => {
  await useBackend('wasm');
  const [state] = (await trained('sgd')).states;
  const other = { ...state!, weights: state!.weights.slice(1) };
  await expect(trained('sgd', { resume: other })).rejects.toThrow(
    /resume must be a state of this model/,
  );
  const shared = { ...state!, statistics: [...state!.statistics, ...state!.statistics] };
  await expect(trained('sgd', { resume: shared })).rejects.toThrow(
    new ConfigError('train: resume must be a state of 1 replicas, got one of 2'),
  );
});
