import { useBackend } from '@ds/backend';
import { ConfigError } from '@ds/checks';
import { DiffStride, FractionalMaxPool } from '@ds/layers';
import { strideVariables } from '@ds/models';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adam,
  constant,
  type LabelledBatch,
  sgd,
  type TrainingState,
  train,
} from '../src/index.js';

type Layer = tf.layers.Layer;
const apply = (layer: Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;
const heNormal = (seed: number) => tf.initializers.heNormal({ seed });

/** A model that pools at random. The pooling's layer has the same name in all of them. */
function drawn(name: string, seed: number, side: number, poolName?: string): tf.LayersModel {
  const input = tf.input({ shape: [side, side, 2] });
  const pool = new FractionalMaxPool({ ratio: 1.4, seed, name: poolName });
  const conv = tf.layers.conv2d({
    filters: 2,
    kernelSize: 3,
    padding: 'same',
    kernelInitializer: heNormal(seed),
  });
  return tf.model({ name, inputs: input, outputs: apply(pool, apply(conv, input)) });
}

/** A model of nested models, with a wrapper, and with a dense layer that is in two models. */
function nested(poolName?: string): tf.LayersModel {
  const shared = tf.layers.dense({ units: 2, kernelInitializer: heNormal(5) });
  const headInput = tf.input({ shape: [2] });
  const head = tf.model({
    name: 'head',
    inputs: headInput,
    outputs: apply(shared, apply(shared, headInput)),
  });
  const input = tf.input({ shape: [2, 12, 12, 2] });
  const inner = tf.sequential({
    name: 'trunk',
    layers: [
      drawn('one', 1, 12, poolName),
      drawn('two', 2, 8, poolName),
      new DiffStride({ name: 'learned', smoothness: 1, strides: [1.5, 1.5] }),
      tf.layers.reLU(),
      tf.layers.globalAveragePooling2d({}) as Layer,
    ],
  });
  const each = apply(tf.layers.timeDistributed({ name: 'each', layer: inner }), input);
  const pooled = apply(tf.layers.globalAveragePooling1d(), each);
  return tf.model({ inputs: input, outputs: apply(shared, apply(head, pooled)) });
}

async function trained(
  optimizer: () => ReturnType<typeof sgd>,
  {
    resume,
    build = () => nested('pool'),
  }: { resume?: TrainingState; build?: () => tf.LayersModel } = {},
) {
  const model = build();
  const states: TrainingState[] = [];
  const losses: number[] = [];
  const rule = optimizer();
  await train(model, {
    epochs: 1,
    optimizer: rule,
    schedule: constant(0.3),
    resume,
    batches: function* (): Generator<LabelledBatch> {
      for (let step = 0; step < 4; step++) {
        yield {
          images: unitTensor(step + 1, [3, 2, 12, 12, 2]),
          labels: tf.tensor2d([1, 0, 0, 1, 1, 0], [3, 2]),
        };
      }
    },
    checkpoints: { every: 1, save: (state) => void states.push(structuredClone(state)) },
    onEvent: (event) => void (event.type === 'step' && losses.push(event.loss)),
  });
  const weights = model.weights.map((weight) => [...weight.read().dataSync()]);
  const strides = strideVariables(model).map((one) => [one.layer, ...one.strides]);
  rule.dispose();
  return { states, losses, weights, strides };
}

describe('the state of a training of nested models', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    ['sgd', () => sgd({ momentum: 0.9 })],
    ['adam', () => adam()],
  ])('continues to the same numbers: %s', async (_, optimizer) => {
    const whole = await trained(optimizer);
    const [first, second] = whole.states;
    // In every step each layer pools the two moments of a sample.
    expect(first!.draws).toEqual({ 'each/trunk/one/pool': 2, 'each/trunk/two/pool': 2 });
    expect(second!.draws).toEqual({ 'each/trunk/one/pool': 4, 'each/trunk/two/pool': 4 });
    expect(whole.strides).toHaveLength(1);
    expect(whole.strides[0]![0]).toBe('each/trunk/learned');
    expect(whole.strides[0]!.slice(1)).not.toEqual([1.5, 1.5]);
    for (const state of [first!, second!]) {
      const rest = await trained(optimizer, { resume: state });
      expect(rest.losses).toEqual(whole.losses.slice(state.step));
      expect(rest.weights).toEqual(whole.weights);
      expect(rest.strides).toEqual(whole.strides);
    }
  });

  it('keeps values that a constraint would change once more', async () => {
    const build = () =>
      tf.sequential({
        layers: [
          tf.layers.flatten({ inputShape: [2, 12, 12, 2] }),
          tf.layers.dense({
            units: 2,
            kernelInitializer: heNormal(3),
            kernelConstraint: tf.constraints.maxNorm({ maxValue: 0.7 }),
          }),
        ],
      });
    const whole = await trained(() => sgd(), { build });
    const rest = await trained(() => sgd(), { build, resume: whole.states[1]! });
    expect(rest.states[0]!.weights).toEqual(whole.states[2]!.weights);
    expect(rest.weights).toEqual(whole.weights);
  });

  it('does not depend on names that tfjs counts up', async () => {
    const rule = () => sgd();
    const whole = await trained(rule, { build: () => nested() });
    const rest = await trained(rule, { build: () => nested(), resume: whole.states[1]! });
    expect(rest.weights).toEqual(whole.weights);
  });

  it('steps once for a layer that is in two models', async () => {
    const { states } = await trained(() => sgd());
    // Two convolutions, the strides, and the shared layer, which tfjs lists twice.
    expect(states[0]!.weights).toHaveLength(2 * 2 + 1 + 2);
  });

  it('is refused where other layers draw', async () => {
    const { states } = await trained(() => sgd());
    const { 'each/trunk/one/pool': _, ...draws } = states[0]!.draws;
    const resume = { ...states[0]!, draws };
    await expect(trained(() => sgd(), { resume })).rejects.toThrow(
      new ConfigError(
        'train: resume must be a state of this model, with 2 layers that draw at random, ' +
          'got one with 1',
      ),
    );
  });
});
