import { useBackend } from '@ds/backend';
import { DiffStride, FractionalMaxPool, MaxBlurPool, SpectralPool } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeReport, freezeStrides } from '../src/index.js';

describe('freezeReport', () => {
  beforeAll(() => useBackend('wasm'));

  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor) =>
    layer.apply(x) as tf.SymbolicTensor;
  const matrices = ['Permute', 'Conv2D', 'Permute', 'Conv2D', 'Permute'];

  function model() {
    const input = tf.input({ shape: [12, 10, 2] });
    const learned = new DiffStride({ name: 'learned', strides: [2, 2], smoothness: 1 });
    const nested = tf.sequential({
      name: 'nested',
      layers: [
        new SpectralPool({ name: 'same', strides: 1, inputShape: [12, 10, 2] }),
        new MaxBlurPool({ name: 'blurred', filterSize: 1 }),
      ],
    });
    const outputs = [
      apply(learned, input),
      apply(learned, apply(nested, input)),
      apply(new FractionalMaxPool({ name: 'drawn', samples: 2, ratio: 1.5 }), input),
    ];
    return tf.model({ inputs: input, outputs });
  }

  it('lists what became of each pooling, at each size', () => {
    const frozen = freezeStrides(model(), [12, 10, 2]);
    const rows = freezeReport(frozen).map(
      ({ layer, className, inputShape, outputShape, stock }) =>
        [layer, className, inputShape.join('×'), outputShape.join('×'), stock] as const,
    );
    expect(rows).toEqual([
      [
        'learned',
        'ds>DiffStride',
        '12×10×2',
        '8×8×2',
        expect.arrayContaining([...matrices, 'Add']),
      ],
      ['nested/same', 'ds>SpectralPool', '12×10×2', '12×10×2', []],
      ['nested/blurred', 'ds>MaxBlurPool', '12×10×2', '6×5×2', ['MaxPooling2D', ...matrices]],
      ['learned', 'ds>DiffStride', '6×5×2', expect.any(String), expect.arrayContaining(matrices)],
      ['drawn', 'ds>FractionalMaxPool', '12×10×2', '8×6×2', expect.any(Array)],
    ]);
    const drawn = freezeReport(frozen).at(-1)!.stock!;
    expect(drawn.filter((name) => name === 'MaxPooling2D')).toHaveLength(2);
    expect(drawn).toContain('Average');
  });

  it('names the strided convolution of a rounded copy', () => {
    const frozen = freezeStrides(model(), [12, 10, 2], { round: true });
    expect(freezeReport(frozen)[0]!.stock).toEqual(['DepthwiseConv2D']);
  });

  it('gives a copy of its rows', () => {
    const frozen = freezeStrides(model(), [12, 10, 2]);
    freezeReport(frozen)[0]!.stock!.push('more');
    expect(freezeReport(frozen)[0]!.stock).not.toContain('more');
  });

  it('refuses a model that it does not know', () => {
    const other = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    expect(() => freezeReport(other)).toThrow(
      'freezeReport: frozen must be a result of freezeStrides in this program, got',
    );
  });
});
