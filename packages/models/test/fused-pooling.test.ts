import { useBackend } from '@ds/backend';
import { layersOf } from '@ds/graph';
import { resampleKernel } from '@ds/kernels';
import { DiffStride, SpectralPool } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides, fuseFrozen } from '../src/index.js';

const SHAPE = [9, 12, 8];

function frozenOf(layer: tf.layers.Layer, shape = SHAPE): tf.LayersModel {
  const input = tf.input({ shape });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
  return freezeStrides(model, shape);
}

const variableOf = (weight: tf.LayerVariable) => weight.read() as tf.Variable;

/** The names of the kernels that a prediction runs, and its values. */
async function run(model: tf.LayersModel, x: tf.Tensor) {
  const values: { y?: Float32Array } = {};
  const { kernelNames } = await tf.profile(() => {
    values.y = tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync<'float32'>().slice());
  });
  return { kernels: kernelNames, y: values.y! };
}

async function loadedCopy(model: tf.LayersModel): Promise<tf.LayersModel> {
  const loaded = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
  loaded.setWeights(model.getWeights());
  return loaded;
}

describe('a frozen pooling', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    new DiffStride({ strides: [2.3, 1.6], smoothness: 2 }),
    new DiffStride({ strides: [2.3, 1.6], smoothness: 2, alignment: 'symmetric' }),
    new SpectralPool({ strides: 2 }),
  ])('runs as one kernel, in memory and after fuseFrozen (%#)', async (layer) => {
    const frozen = frozenOf(layer);
    const loaded = await loadedCopy(frozen);
    const x = unitTensor(7, [2, ...SHAPE]);
    const stock = await run(loaded, x);
    expect(stock.kernels).toContain('Conv2D');
    expect(stock.kernels).not.toContain(resampleKernel.name);
    expect(fuseFrozen(loaded)).toBe(loaded);
    for (const model of [frozen, loaded]) {
      const fused = await run(model, x);
      expect(fused.kernels).toContain(resampleKernel.name);
      expect(fused.kernels).not.toContain('Conv2D');
      expect(relativeError(fused.y, stock.y)).toBeLessThan(1e-5);
    }
  });

  it('runs its stock layers on a backend without the kernel', async () => {
    const frozen = frozenOf(new SpectralPool({ strides: 2 }));
    const x = unitTensor(7, [2, ...SHAPE]);
    const want = await run(frozen, x);
    await useBackend('cpu');
    const got = await run(frozen, x);
    await useBackend('wasm');
    expect(got.kernels).toContain('FusedConv2D');
    expect(relativeError(got.y, want.y)).toBeLessThan(1e-5);
  });

  it('follows its weights, makes no lasting tensors, and frees its own', async () => {
    const before = tf.memory().numTensors;
    const frozen = frozenOf(new DiffStride({ strides: [2.3, 1.6], smoothness: 2 }));
    const x = unitTensor(7, [2, ...SHAPE]);
    const made = tf.memory().numTensors;
    const first = await run(frozen, x);
    expect(tf.memory().numTensors).toBe(made);
    tf.tidy(() => frozen.setWeights(frozen.getWeights().map((weight) => weight.mul(2))));
    const second = await run(frozen, x);
    expect(tf.memory().numTensors).toBe(made);
    const stock = await loadedCopy(frozen);
    expect(relativeError(second.y, (await run(stock, x)).y)).toBeLessThan(1e-5);
    expect(relativeError(second.y, first.y)).toBeGreaterThan(1);
    stock.dispose();
    frozen.dispose();
    x.dispose();
    // The layer that was frozen keeps its strides.
    expect(tf.memory().numTensors).toBe(before + 1);
  });

  it('passes a gradient to its input', () => {
    const frozen = frozenOf(new SpectralPool({ strides: 2 }));
    const x = unitTensor(7, [1, ...SHAPE]);
    const dx = tf.grad((image) => (frozen.apply(image) as tf.Tensor).square().sum())(x);
    // ½ d(yᵀy) · x = yᵀy, since the pooling is linear.
    const y = frozen.predict(x) as tf.Tensor;
    expect(dx.mul(x).sum().dataSync()[0]! / 2).toBeCloseTo(y.square().sum().dataSync()[0]!, 2);
  });
});

describe('a frozen pooling whose kernels are trained again', () => {
  const LAYERS = [
    new SpectralPool({ strides: 2 }),
    new DiffStride({ strides: [2.3, 1.6], smoothness: 2, alignment: 'symmetric' }),
  ];

  it.each(LAYERS)('gets the gradient of its stock layers (%#)', async (layer) => {
    await useBackend('wasm');
    const frozen = frozenOf(layer);
    const stock = await loadedCopy(frozen);
    for (const { layer: one } of [frozen, stock].flatMap((model) => layersOf(model))) {
      one.trainable = true;
    }
    const x = unitTensor(7, [1, ...SHAPE]);
    const [got, want] = [frozen, stock].map((model) => {
      const loss = () => (model.apply(x) as tf.Tensor).square().sum() as tf.Scalar;
      const { grads } = tf.variableGrads(loss, model.trainableWeights.map(variableOf));
      return model.trainableWeights.map((weight) => grads[variableOf(weight).name]!.dataSync());
    });
    expect(want!.length).toBeGreaterThan(1);
    got!.forEach((one, at) => {
      expect(relativeError(one, want![at]!)).toBeLessThan(1e-4);
    });
  });
});

describe('fuseFrozen', () => {
  it('refuses a model without frozen poolings', () => {
    const dense = tf.layers.dense({ units: 1, inputShape: [2] });
    const plain = tf.sequential({ layers: [dense] });
    expect(() => fuseFrozen(plain)).toThrow(
      'fuseFrozen: model must have poolings that freezeStrides made, with channels last, got none',
    );
  });
});
