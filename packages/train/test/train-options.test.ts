import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { constant, sgd, type TrainingState, type TrainOptions, train } from '../src/index.js';

const network = () => tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
const batch = () => ({ images: tf.ones([2, 3]), labels: tf.tensor2d([1, 0, 0, 1], [2, 2]) });
const any = { matches: () => true };
/** A penalty that was kept from another step, whose end disposed of it. */
const disposed = () => {
  const penalty = tf.scalar(1);
  penalty.dispose();
  return penalty;
};
const whole = (): TrainOptions => ({
  batches: () => [batch()],
  epochs: 1,
  optimizer: sgd(),
  schedule: constant(0.1),
});

describe('options of train', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    [undefined, 'options must be an object, got undefined'],
    [null, 'options must be an object, got null'],
    [{}, 'batches must be a function, got undefined'],
    [{ batches: [] }, 'batches must be a function, got []'],
    [{ schedule: undefined }, 'schedule must be a function, got undefined'],
    [{ schedule: 0.1 }, 'schedule must be a function, got 0.1'],
    [{ evaluation: [] }, 'evaluation must be a function, got []'],
    [{ penalty: 0.1 }, 'penalty must be a function, got 0.1'],
    [{ onEvent: 'log' }, 'onEvent must be a function, got "log"'],
    [{ optimizer: undefined }, 'optimizer must be an object, got undefined'],
    [{ optimizer: tf.train.sgd(0.1) }, 'optimizer must be an optimizer, such as sgd(), got '],
    [
      { optimizer: { step: () => {}, state: () => ({}) } },
      'optimizer must be an optimizer, such as sgd(), got { step, state }',
    ],
    [{ epochs: undefined }, 'epochs must be an integer >= 1, got undefined'],
    [{ epochs: '3' }, 'epochs must be an integer >= 1, got "3"'],
    [{ signal: true }, 'signal must be an AbortSignal, got true'],
    [{ signal: new AbortController() }, 'signal must be an AbortSignal, got AbortController()'],
    [{ checkpoints: { every: 2 } }, 'checkpoints.save must be a function, got undefined'],
    [
      { checkpoints: { every: 0, save: () => {} } },
      'checkpoints.every must be an integer >= 1, got 0',
    ],
    [
      { checkpoints: { every: 1.5, save: () => {} } },
      'checkpoints.every must be an integer >= 1, got 1.5',
    ],
    [
      { classWeights: [[1, 2, 3]] },
      'classWeights[0] must have one value for each class (2), got [1, 2, 3]',
    ],
    [
      { penalty: () => tf.tensor1d([1]) },
      'penalty must return a scalar tensor, got a tensor of shape [1]',
    ],
    [{ penalty: () => 0.1 }, 'penalty must return a scalar tensor, got 0.1'],
    [
      { penalty: disposed },
      'penalty must return a tensor that is not disposed of, got a disposed tensor; compute it in ',
    ],
    [
      { penalty: () => tf.scalar(1, 'int32') },
      'penalty must return a scalar tensor of float32, got int32',
    ],
    [
      { optimizer: { ...sgd(), step: () => [] } },
      'optimizer must return a list with the new value of each weight from its step, got []',
    ],
    [
      { optimizer: { ...sgd(), step: async () => [] } },
      'optimizer must return a list with the new value of each weight from its step, got Promise()',
    ],
    [
      { groups: [{ matches: async () => true }] },
      'groups[0].matches must return true or false, got Promise()',
    ],
    [{ groups: { matches: () => true } }, 'groups must be an array, got { matches }'],
    [{ groups: [null] }, 'groups[0] must be an object, got null'],
    [{ groups: [any, undefined] }, 'groups[1] must be an object, got undefined'],
    [{ groups: [any, []] }, 'groups[1] must be an object, got []'],
    [{ groups: [{}] }, 'groups[0].matches must be a function, got undefined'],
    [{ groups: [any, { matches: /kernel/ }] }, 'groups[1].matches must be a function, got RegExp('],
    [
      { groups: [any, { matches: 'kernel' }] },
      'groups[1].matches must be a function, got "kernel"',
    ],
    [
      { groups: [{ match: any.matches }] },
      "groups[0] must have no 'match' (matches?), got { match }",
    ],
    [
      { groups: [any, { ...any, learningRateScale: Number.POSITIVE_INFINITY }] },
      'groups[1].learningRateScale must be a finite number >= 0, got Infinity',
    ],
    [
      { groups: [{ ...any, weightDecay: Number.NaN }] },
      'groups[0].weightDecay must be a finite number >= 0, got NaN',
    ],
    [
      { groups: [{ ...any, weightDecay: '1' }] },
      'groups[0].weightDecay must be a finite number >= 0, got "1"',
    ],
    [{ lossWeights: [] }, 'lossWeights must have at least one value, got 0'],
    [
      { lossWeights: [1, 2] },
      "lossWeights must have one value for each of the model's outputs (1), got [1, 2]",
    ],
    [{ lossWeights: 1 }, 'lossWeights must be an array, got 1'],
    [
      { lossWeights: [Number.POSITIVE_INFINITY] },
      'lossWeights[0] must be a finite number >= 0, got Infinity',
    ],
    [{ lossWeights: [null] }, 'lossWeights[0] must be a finite number >= 0, got null'],
    [{ releaseEarly: 0 }, 'releaseEarly must be a boolean, got 0'],
    [{ lossWeight: [1] }, "options must have no 'lossWeight' (lossWeights?), got "],
  ])('are refused by name: %o', async (more, message) => {
    const model = network();
    const options = more && Object.keys(more).length > 0 ? { ...whole(), ...more } : more;
    const before = tf.memory().numTensors;
    await expect(train(model, options as TrainOptions)).rejects.toThrow(`train: ${message}`);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it.each([
    [null, 'model must be a tf.LayersModel, got null'],
    [undefined, 'model must be a tf.LayersModel, got undefined'],
    [{}, 'model must be a tf.LayersModel, got {  }'],
  ])('go with a model: %o', async (model, message) => {
    await expect(train(model as never, whole())).rejects.toThrow(`train: ${message}`);
  });

  it('go with a model of one input', async () => {
    const inputs = [0, 1].map(() => tf.input({ shape: [3] }));
    const outputs = tf.layers.add().apply(inputs) as tf.SymbolicTensor;
    const model = tf.model({ inputs, outputs });
    await expect(train(model, whole())).rejects.toThrow('train: model must have one input, got 2');
  });
});

describe('a signal that is aborted already', () => {
  beforeAll(() => useBackend('wasm'));

  it('ends a training before its first step, and before a batch is made', async () => {
    const model = network();
    const weights = () => [...model.getWeights()[0]!.dataSync()];
    const before = { weights: weights(), tensors: tf.memory().numTensors };
    const batches = vi.fn(() => [batch()]);
    const evaluation = vi.fn(() => [batch()]);
    const onEvent = vi.fn();
    const save = vi.fn();
    const result = await train(model, {
      ...whole(),
      batches,
      evaluation,
      onEvent,
      checkpoints: { every: 1, save },
      signal: AbortSignal.abort(),
    });
    expect(result).toEqual({ epochs: [], steps: 0, stopped: true });
    for (const told of [batches, evaluation, onEvent, save]) expect(told).not.toHaveBeenCalled();
    expect({ weights: weights(), tensors: tf.memory().numTensors }).toEqual(before);
    model.dispose();
  });

  it('ends one that continues from a state', async () => {
    const model = network();
    const states: TrainingState[] = [];
    const save = (state: TrainingState) => void states.push(structuredClone(state));
    const { epochs } = await train(model, { ...whole(), checkpoints: { save } });
    const again = { ...whole(), epochs: 2, resume: states[0]!, signal: AbortSignal.abort() };
    expect(await train(network(), again)).toEqual({ epochs, steps: 1, stopped: true });
  });
});

it('a model whose layers are all frozen is refused', async () => {
  await useBackend('cpu');
  const model = network();
  model.trainable = false;
  await expect(train(model, whole())).rejects.toThrow(
    'train: model must have weights that train, got a model whose layers are all frozen',
  );
  model.dispose();
});
