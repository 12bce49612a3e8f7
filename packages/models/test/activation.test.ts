import { useBackend } from '@ds/backend';
import { relativeError, unitSequence } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ActivationName, costReport, resnet18 } from '../src/index.js';

const SIZE = 8;

/** A line, shifted circularly by a fraction of a pixel. Its frequency N/2 is dropped. */
function shifted(line: number[], by: number): number[] {
  const size = line.length;
  const angle = (2 * Math.PI) / size;
  return line.map((_, at) => {
    let sum = 0;
    for (let k = 0; 2 * k < size; k++) {
      line.forEach((value, n) => {
        sum += ((k === 0 ? 1 : 2) * value * Math.cos(k * angle * (at - by - n))) / size;
      });
    }
    return sum;
  });
}

/** One image of one channel, shifted along both axes. */
function imageAt(by: number): tf.Tensor4D {
  const values = [...unitSequence(7, SIZE * SIZE)];
  const rows = Array.from({ length: SIZE }, (_, p) =>
    shifted(values.slice(p * SIZE, (p + 1) * SIZE), by),
  );
  const columns = rows[0]!.map((_, q) =>
    shifted(
      rows.map((row) => row[q]!),
      by,
    ),
  );
  return tf.tidy(() => tf.reshape(tf.transpose(tf.tensor2d(columns)), [1, SIZE, SIZE, 1]));
}

/** The relative change of the logits when the image moves by a fraction of a pixel. */
function changeOf(activation: ActivationName): number {
  const model = resnet18({
    inputShape: [SIZE, SIZE, 1],
    classes: 3,
    width: 1,
    strides: [1, 1, 2, 1, 1],
    pooling: 'flc',
    padding: 'circular',
    activation,
    seed: 1,
  });
  return tf.tidy(() => {
    const x = imageAt(0);
    // The moving statistics of the batch norms come near those of the image.
    for (let at = 0; at < 6; at++) model.apply(x, { training: true });
    const [y, z] = [x, imageAt(0.37)].map((one) => (model.predict(one) as tf.Tensor).dataSync());
    return relativeError(z!, y!);
  });
}

describe('the activation of a residual network', () => {
  beforeAll(() => useBackend('wasm'));

  it('makes predictions invariant to fractional shifts if it is a polynomial', () => {
    expect(changeOf('polynomial')).toBeLessThan(1e-4);
    expect(changeOf('relu')).toBeGreaterThan(1e-2);
  });

  it('replaces every ReLU, and counts its cost', () => {
    const options = { inputShape: [8, 8, 1], classes: 2, width: 2, pooling: 'conv' } as const;
    const given = { ...options, inputShape: [8, 8, 1] as [number, number, number] };
    for (const variant of ['preact', 'original'] as const) {
      const plain = resnet18({ ...given, variant });
      const other = resnet18({ ...given, variant, activation: 'polynomial' });
      const count = (model: tf.LayersModel, className: string) =>
        model.layers.filter((layer) => layer.getClassName() === className).length;
      expect(count(other, 'ds>PolynomialActivation')).toBe(count(plain, 'ReLU'));
      expect(count(other, 'ReLU')).toBe(0);
      expect(other.layers.map(({ name }) => name.replace('.activation', '.relu'))).toEqual(
        plain.layers.map(({ name }) => name),
      );
      const costs = costReport(other, [8, 8, 1]);
      const first = costs.find(({ layer }) => layer.includes('.activation'))!;
      // Two channels of 8×8 to 16×16 and back.
      expect(first.macs).toBe(2 * 2 * 16 * 8 * (8 + 16));
      expect(first.parameters).toBe(3 * 2);
    }
  });

  it('names a bad option', () => {
    expect(() =>
      resnet18({ inputShape: [8, 8, 1], classes: 2, activation: 'gelu' as 'relu' }),
    ).toThrow(
      "resnet18: activation must be 'relu', 'polynomial' or 'upsampled-relu', got \"gelu\"",
    );
  });
});
