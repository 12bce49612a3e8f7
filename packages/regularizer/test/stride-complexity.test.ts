import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors, readGolden, relativeError } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { complexityLoss, type LearnedStrides, strideComplexity } from '../src/index.js';

interface ComplexityCase {
  case: string;
  params: { lam: number };
  input: { shape: [number, number]; data: number[] };
  output: number;
  grads: { strides: { data: number[] } };
}
const goldens = readGolden<ComplexityCase>(
  new URL('fixtures/complexity.json', import.meta.url),
).cases;

const layersOf = (data: ArrayLike<number>) =>
  Array.from({ length: data.length / 2 }, (_, l) => tf.tensor1d([data[2 * l]!, data[2 * l + 1]!]));

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))('%s is the golden', (_, golden) => {
    tf.tidy(() => {
      const strides = layersOf(golden.input.data);
      const loss = (...list: tf.Tensor[]) =>
        complexityLoss(() => list as tf.Tensor1D[], golden.params.lam)();
      expect(loss(...strides).dataSync()[0]).toBeCloseTo(golden.output, 6);
      const gradients = tf
        .grads(loss)(strides)
        .flatMap((g) => [...g.dataSync()]);
      expect(relativeError(gradients, golden.grads.strides.data)).toBeLessThan(1e-6);
    });
  });

  it('takes fixed pairs and shared strides together with pairs of variables', () => {
    tf.tidy(() => {
      const J = strideComplexity([[2, 2], tf.tensor1d([3]), tf.tensor1d([1, 2])]);
      expect(J.dataSync()[0]).toBeCloseTo(1 / 4 + 1 / 36 + 1 / 72, 7);
      const error = gradientErrors(
        (s) => strideComplexity([[2, 1], s as tf.Tensor1D]),
        [tf.tensor1d([1.7])],
        [0.01],
      );
      expect(error[0]).toBeLessThan(1e-3);
    });
  });

  it('multiplies over one, two or three axes', () => {
    tf.tidy(() => {
      const strides = [2, 3, 4];
      const values = (list: Parameters<typeof strideComplexity>[0]) =>
        strideComplexity(list).dataSync()[0];
      expect(values([[5]])).toBeCloseTo(1 / 5, 6);
      expect(values([strides])).toBeCloseTo(1 / 24, 6);
      expect(values([tf.tensor1d(strides)])).toBeCloseTo(1 / 24, 6);
      expect(values([{ variable: tf.tensor1d([3]), strides: [3] }])).toBeCloseTo(1 / 3, 6);
      expect(values([{ variable: tf.tensor1d([3]), strides: [3, 3, 3] }])).toBeCloseTo(1 / 27, 6);
      const slope = tf.grad((s) =>
        strideComplexity([{ variable: s as tf.Tensor1D, strides: [2, 2, 2] }]),
      )(tf.tensor1d([2]));
      // d/dS of 1/S³
      expect(slope.dataSync()[0]).toBeCloseTo(-3 / 16, 6);
    });
  });

  it('is 0 without strides, and leaks nothing', () => {
    expect(tf.tidy(() => complexityLoss(() => [], 3)().dataSync()[0])).toBe(0);
    const strides = [tf.tensor1d([2, 3])];
    expect(leakedTensors(() => strideComplexity(strides))).toBe(0);
    tf.dispose(strides);
  });
});

it('has gradients of 0 with λ = 0', () => {
  const strides = tf.variable(tf.tensor1d([2, 3]));
  const penalty = complexityLoss(() => [strides], 0);
  const { value, grads } = tf.variableGrads(() => penalty(), [strides]);
  expect(value.dataSync()[0]).toBe(0);
  expect([...grads[strides.name]!.dataSync()].map(Math.abs)).toEqual([0, 0]);
  tf.dispose([strides, value, grads]);
});

describe('bad input', () => {
  it('takes pairs of numbers together with tensors', () => {
    const fixed: [number, number] = [2, 1];
    const learned = tf.tensor1d([2, 2]);
    const penalty = complexityLoss(() => [fixed, learned], 0.5);
    // 0.5 · (1/2 + 1/2 · 1/4)
    expect(penalty().dataSync()[0]).toBeCloseTo(0.3125, 6);
  });

  it.each([
    [() => strideComplexity([]), 'strideComplexity: strides must be a list of at least one layer'],
    [
      () => strideComplexity([[2, 0.5]]),
      'strideComplexity: strides[0] must be one to three numbers >= 1, got [2, 0.5]',
    ],
    [
      () => strideComplexity([[1, 1], tf.ones([4]) as tf.Tensor1D]),
      'strideComplexity: strides[1] must have shape [3], [2] or [1], got [4]',
    ],
    [
      () => strideComplexity([{ variable: tf.ones([2]) as tf.Tensor1D, strides: [1, 1, 1] }]),
      'strideComplexity: strides[0].variable must have shape [3] or [1], got [2]',
    ],
    [
      () => strideComplexity([{ variable: tf.ones([1]), strides: 3 as unknown as number[] }]),
      'strideComplexity: strides[0].strides must be an array, got 3',
    ],
    [
      () => strideComplexity([{ variable: tf.ones([1]) } as unknown as LearnedStrides]),
      'strideComplexity: strides[0].strides must be an array, got undefined',
    ],
    [
      () => strideComplexity([{ variable: tf.ones([1]), strides: [1, 1, 1, 1] }]),
      'strideComplexity: strides[0].strides must have one to three entries, got [1, 1, 1, 1]',
    ],
    [
      () => strideComplexity([tf.scalar(2) as unknown as tf.Tensor1D]),
      'strideComplexity: strides[0] must have shape [3], [2] or [1], got []',
    ],
    [
      () => strideComplexity([tf.tensor1d([])]),
      'strideComplexity: strides[0] must have no empty axis, got shape [0]',
    ],
    [
      () => strideComplexity([undefined as unknown as tf.Tensor1D]),
      'strideComplexity: strides[0] must be a tensor, got undefined',
    ],
    [
      () => complexityLoss(() => [], -1),
      'complexityLoss: lambda must be a finite number >= 0, got -1',
    ],
    [
      () => complexityLoss(() => [], Number.NaN),
      'complexityLoss: lambda must be a finite number >= 0, got NaN',
    ],
    [
      () => complexityLoss(() => [[2, 2]], 1e39),
      'complexityLoss: lambda must be finite in float32, got 1e+39',
    ],
    [
      () =>
        strideComplexity([
          [2, 2],
          [1e200, 1e200],
        ]),
      'strideComplexity: strides[1] must have a product that is finite in float32, ' +
        'got [1e+200, 1e+200]',
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
