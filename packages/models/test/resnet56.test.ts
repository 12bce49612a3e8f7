import { useBackend } from '@ds/backend';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { costReport, freezeStrides, resnet56, strideVariables } from '../src/index.js';

beforeAll(() => useBackend('wasm'));

/** Parameters and multiply-adds by the definition of the architecture, without a model. */
function byHand(inputSize: number, classes: number) {
  let [parameters, macs, size, filters] = [0, 0, inputSize, 16];
  const conv = (kernel: number, from: number, to: number) => {
    parameters += kernel * kernel * from * to;
    macs += kernel * kernel * from * to * size * size;
  };
  const norm = (channels: number) => {
    parameters += 2 * channels;
  };
  conv(3, 3, 16);
  norm(16);
  for (let stage = 1; stage <= 3; stage++) {
    const width = 16 * 2 ** (stage - 1);
    if (stage > 1) size = Math.ceil(size / 2);
    for (let block = 0; block < 9; block++) {
      conv(3, filters, width);
      norm(width);
      conv(3, width, width);
      norm(width);
      if (filters !== width) {
        conv(1, filters, width);
        norm(width);
      }
      filters = width;
    }
  }
  return { parameters: parameters + 64 * classes + classes, macs: macs + 64 * classes };
}

describe('resnet56', () => {
  it('has the layers, parameters and multiply-adds of its definition', () => {
    const model = resnet56({ inputShape: [32, 32, 3], classes: 10, pooling: 'conv' });
    const trainable = model.trainableWeights.reduce(
      (total, { shape }) => total + shape.reduce<number>((product, n) => product * n!, 1),
      0,
    );
    const macs = costReport(model, [32, 32, 3]).reduce((total, row) => total + row.macs, 0);
    expect({ parameters: trainable, macs }).toEqual(byHand(32, 10));
    // The usual number for ResNet-56 with option B.
    expect(trainable).toBe(855_770);
    const weighted = model.layers.filter(({ name }) => /conv|dense/.test(name));
    expect(weighted).toHaveLength(56);
    model.dispose();
  });

  it('learns strides at three places, in both variants, and freezes', () => {
    const inputShape: [number, number, number] = [16, 12, 3];
    for (const variant of ['original', 'preact'] as const) {
      const model = resnet56({ inputShape, classes: 3, width: 2, variant, seed: 1 });
      expect(strideVariables(model).map(({ layer, strides }) => [layer, ...strides])).toEqual([
        ['stem.pool', 1, 1],
        ['stage2.block0.pool', 2, 2],
        ['stage3.block0.pool', 2, 2],
      ]);
      const frozen = freezeStrides(model, inputShape);
      tf.tidy(() => {
        const x = unitTensor(1, [2, ...inputShape]);
        const [want, got] = [model, frozen].map((m) => (m.predict(x) as tf.Tensor).dataSync());
        const scale = Math.max(...want!.map(Math.abs));
        want!.forEach((value, i) => {
          expect(Math.abs(got![i]! - value)).toBeLessThan(1e-5 * scale);
        });
      });
      model.dispose();
    }
  });

  it('names the wrong option', () => {
    const options = { inputShape: [8, 8, 3] as [number, number, number], classes: 2 };
    expect(() => resnet56({ ...options, strides: [1, 1, 2, 2, 2] })).toThrow(
      'resnet56: strides must be 4 numbers [stem, stage 1 … stage 3], got [1, 1, 2, 2, 2]',
    );
    expect(() => resnet56({ ...options, classes: 1 })).toThrow('resnet56: classes must be');
  });
});
