import { batchNormTrainingGradientKernel, batchNormTrainingKernel } from '@ds/kernels';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type BatchNormValues,
  batchNormDefinition,
  EPSILON,
} from '../../kernels/test/conformance/batch-norm-definition.js';
import { useBackend } from '../src/index.js';

/** Error bound: float32 sums in another order, and float32 inputs. */
const FLOAT32 = 2e-5;

/** Returns the largest difference, relative to the largest value. */
function apart(got: number[], want: number[], least = 0): number {
  const largest = want.reduce((most, value) => Math.max(most, Math.abs(value)), least);
  const furthest = want.reduce((most, value, i) => Math.max(most, Math.abs(got[i]! - value)), 0);
  return furthest / largest;
}

/**
 * Runs the kernels on x [rows, channels], with memory full of NaN. Returns their outputs and the
 * definition's.
 */
function trained(rows: number, channels: number, fill: (x: Float32Array) => void) {
  let made: { got: BatchNormValues; want: BatchNormValues };
  tf.tidy(() => {
    const values = new Float32Array(unitTensor(1, [rows, channels]).dataSync());
    fill(values);
    const x = tf.tensor2d(values, [rows, channels]);
    const gamma = tf.add(unitTensor(2, [channels]), 1.5) as tf.Tensor1D;
    const beta = unitTensor(3, [channels]) as tf.Tensor1D;
    const dy = unitTensor(4, [rows, channels]);
    tf.dispose([1, rows, channels, rows * channels].map((size) => tf.fill([size], Number.NaN)));
    const epsilon = EPSILON;
    const [y, mean, variance] = batchNormTrainingKernel.run({ x, gamma, beta }, { epsilon });
    const inputs = { dy, x, mean, variance, gamma };
    const [dx, dgamma, dbeta] = batchNormTrainingGradientKernel.run(inputs, { epsilon });
    const got = { y, mean, variance, dx, dgamma, dbeta };
    const read = (tensor: tf.Tensor) => [...tensor.dataSync()];
    made = {
      got: Object.fromEntries(
        Object.entries(got).map(([name, tensor]) => [name, read(tensor)]),
      ) as unknown as BatchNormValues,
      want: batchNormDefinition(values, gamma.dataSync(), beta.dataSync(), dy.dataSync()),
    };
  });
  return made!;
}

const each =
  (channels: number, change: (value: number, row: number, c: number) => number) =>
  (x: Float32Array) => {
    x.forEach((value, i) => {
      x[i] = change(value, Math.floor(i / channels), i % channels);
    });
  };

const ACCELERATED = BACKENDS.filter((name) => name !== 'cpu');

describe.each(ACCELERATED)('batch norm in training on %s', (name) => {
  beforeAll(() => useBackend(name));

  const cases: [string, number, number, (value: number, row: number, c: number) => number][] = [
    ['around 0', 300, 7, (value) => value],
    ['around 10,000', 300, 7, (value) => 1e4 + value],
    ['around −10,000, of many rows', 3000, 5, (value) => value - 1e4],
    ['of one row', 1, 6, (value) => 1e4 + value],
    ['of two rows', 2, 5, (value) => value],
    ['of a whole chunk and one row', 129, 4, (value) => value],
    ['of equal rows', 200, 3, (_, __, c) => 1e4 + c],
    ['whose first row is far away', 400, 6, (value, row) => (row === 0 ? 1e6 : value)],
    ['whose last row is far away', 400, 6, (value, row) => (row === 399 ? -1e6 : value)],
    ['whose row inside is far away', 400, 6, (value, row) => (row === 200 ? 1e5 : value + 100)],
    ['that drifts', 1000, 4, (value, row) => value + row],
    ['of blocks of sixteen, eight and four channels', 300, 29, (value) => value],
    ['of channels apart', 300, 9, (value, _, c) => 10 ** (c - 4) * (value + 1)],
  ];

  it.each(cases)('%s matches its definition', (_, rows, channels, change) => {
    const { got, want } = trained(rows, channels, each(channels, change));
    for (let c = 0; c < channels; c++) {
      // Compares each channel, since a large channel would hide the errors of a small one.
      const of = (values: number[]) => values.filter((__, i) => i % channels === c);
      const [mean, variance] = [want.mean[c]!, want.variance[c]!];
      const sigma = Math.sqrt(variance + EPSILON);
      expect(Math.abs(got.mean[c]! - mean)).toBeLessThan(
        2 ** -23 * Math.abs(mean) + FLOAT32 * sigma,
      );
      expect(Math.abs(got.variance[c]! - variance)).toBeLessThan(FLOAT32 * variance + 1e-12);
      // On WebGPU the mean is a float32, and its rounding error enters all results.
      const lost = name === 'wasm' ? 0 : (2 ** -22 * Math.abs(mean)) / sigma;
      expect(apart(of(got.y), of(want.y))).toBeLessThan(FLOAT32 + lost);
      expect(Math.abs(got.dbeta[c]! - want.dbeta[c]!)).toBeLessThan(FLOAT32 * Math.sqrt(rows));
      expect(Math.abs(got.dgamma[c]! - want.dgamma[c]!)).toBeLessThan(
        10 * FLOAT32 * Math.sqrt(rows) + lost * (1 + Math.abs(want.dbeta[c]!)),
      );
      expect(apart(of(got.dx), of(want.dx), 1e-3 / sigma)).toBeLessThan(1e-4 + lost);
    }
  });

  it.each([
    ['NaN', Number.NaN],
    ['∞', Number.POSITIVE_INFINITY],
    ['−∞', Number.NEGATIVE_INFINITY],
  ])(
    'with %s in a channel has the mean and the variance that this has, and the others theirs',
    (_, bad) => {
      for (const row of [0, 5, 250, 299]) {
        const { got, want } = trained(
          300,
          6,
          each(6, (value, at, c) => (at === row && c === 1 ? bad : value)),
        );
        expect(got.mean[1]).toBe(bad);
        expect(got.variance[1]).toBeNaN();
        expect(got.y.filter((__, i) => i % 6 === 1).every(Number.isNaN)).toBe(true);
        for (const c of [0, 2, 5]) {
          expect(relativeError([got.mean[c]!], [want.mean[c]!])).toBeLessThan(1e-4);
          expect(relativeError([got.variance[c]!], [want.variance[c]!])).toBeLessThan(FLOAT32);
        }
      }
    },
  );

  it('with both ∞ and −∞ has no mean', () => {
    const ends = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const { got } = trained(
      300,
      5,
      each(5, (value, row, c) => (c === 4 ? (ends[row / 150] ?? value) : value)),
    );
    expect(got.mean[4]).toBeNaN();
    expect(got.variance[4]).toBeNaN();
    expect(got.mean.slice(0, 4).every(Number.isFinite)).toBe(true);
  });

  // WebGPU has only float32, and the differences of these numbers overflow it.
  it.skipIf(name === 'webgpu')('of the largest numbers has their mean', () => {
    const { got } = trained(
      256,
      4,
      each(4, (_, row) => (row % 2 === 0 ? 3e38 : -3e38)),
    );
    expect(got.mean).toEqual([0, 0, 0, 0]);
    expect(got.variance).toEqual(got.variance.map(() => Number.POSITIVE_INFINITY));
  });
});

describe('the moving averages of the layer on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  it('are those of the kernels bit by bit, and add no kernel to a training step', async () => {
    const layer = tf.layers.batchNormalization({ momentum: 0.9 });
    const x = unitTensor(1, [40, 3, 5, 7]);
    layer.apply(x);
    const [mean, variance] = layer.getWeights().slice(2);
    const expected = tf.tidy(() => {
      const moments = tf.moments(x, [0, 1, 2]);
      // The kernel adds in another order than tfjs, so its own statistics are the reference.
      const [, found, spread] = batchNormTrainingKernel.run(
        { x, gamma: tf.ones([7]) as tf.Tensor1D, beta: tf.zeros([7]) as tf.Tensor1D },
        { epsilon: EPSILON },
      );
      expect(relativeError(found.dataSync(), moments.mean.dataSync())).toBeLessThan(1e-4);
      return [
        [mean!, found],
        [variance!, spread],
      ].map(([former, value]) =>
        former!.sub(former!.sub(value!).mul(tf.scalar(1 - 0.9))).arraySync(),
      );
    });
    const { kernelNames } = await tf.profile(() => {
      tf.dispose(tf.grad((input) => layer.apply(input, { training: true }) as tf.Tensor)(x));
    });
    expect(kernelNames).not.toContain('Sub');
    expect(kernelNames).not.toContain('Multiply');
    expect(kernelNames).toContain(batchNormTrainingGradientKernel.name);
    const moved = layer.getWeights().slice(2);
    expect(moved.map((weight) => weight.arraySync())).toEqual(expected);
    layer.dispose();
    x.dispose();
  });
});
