import { useBackend } from '@ds/backend';
import { ApsPool, DiffStride, FlcPool, LpsPool, TipsPool } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeReport, freezeStrides } from '../src/index.js';

class Doubled extends tf.layers.Layer {
  static className = 'Doubled';
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.tidy(() => tf.mul([inputs].flat()[0]!, 2));
  }
}

const SHAPE = [16, 12, 2];

function model() {
  const inner = tf.sequential({
    name: 'inner',
    layers: [new ApsPool({ name: 'aps', inputShape: SHAPE })],
  });
  return tf.sequential({
    layers: [
      inner,
      new DiffStride({ name: 'learned', strides: [1.5, 1.5], smoothness: 1 }),
      new LpsPool({ name: 'lps', strides: [1, 2] }),
      new TipsPool({ name: 'tips', strides: [2, 1] }),
      new FlcPool({ name: 'flc', strides: [1.5, 1], modulus: true }),
      new Doubled({ name: 'doubled' }),
    ],
  });
}

describe('freezeStrides on custom layers', () => {
  beforeAll(() => useBackend('wasm'));

  it('lists all of them in one error, with reasons', () => {
    expect(() => freezeStrides(model(), SHAPE)).toThrow(
      'freezeStrides: model must have only layers that stock layers can replace, ' +
        'got inner/aps (ApsPool: it chooses a grid for each image), ' +
        'lps (LpsPool: it chooses a grid for each image), ' +
        'tips (TipsPool: its weights of the grids depend on the image), ' +
        'flc (FlcPool: no stock layer takes the square root of a modulus), ' +
        'doubled (Doubled: no stock layers are known for this class). ' +
        'Replace these layers, or keep them with { keepCustom: true }',
    );
  });

  it('copies them with keepCustom', () => {
    const whole = model();
    const frozen = freezeStrides(whole, SHAPE, { keepCustom: true });
    const x = unitTensor(6, [2, ...SHAPE]);
    const [want, got] = [whole, frozen].map((one) => (one.predict(x) as tf.Tensor).dataSync());
    expect(relativeError(got!, want!)).toBeLessThan(1e-5);
    const kept = freezeReport(frozen).filter(({ stock }) => stock === null);
    expect(kept.map(({ layer }) => layer)).toEqual(['inner/aps', 'lps', 'tips', 'flc', 'doubled']);
    expect(freezeReport(frozen).find(({ layer }) => layer === 'learned')!.stock).toContain(
      'Conv2D',
    );
  });

  it('are not the reason for an error before that of a wrapper', () => {
    class Around extends tf.layers.Layer {
      static className = 'Around';
      layer = new DiffStride({ name: 'pool' });
    }
    const x = tf.input({ shape: SHAPE });
    const around = new Around({ name: 'around' }).apply(x) as tf.SymbolicTensor;
    const wrapped = tf.model({ inputs: x, outputs: around });
    for (const keepCustom of [false, true]) {
      expect(() => freezeStrides(wrapped, SHAPE, { keepCustom })).toThrow(
        'poolings only in models and TimeDistributed, got around/pool in a Around',
      );
    }
  });
});
