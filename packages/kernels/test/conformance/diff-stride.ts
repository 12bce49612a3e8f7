import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import {
  type DiffStrideAttributes,
  diffStrideMatricesGradientKernel,
  diffStrideMatricesKernel,
  type KeptBand,
} from '../../src/diff-stride/contract.js';
import { poolAtStrides } from '../../src/diff-stride/diff-stride.js';
import { diffStrideMatricesGradient } from '../../src/diff-stride/gradient.js';
import { describeImplementations, type Implementation } from './implementation.js';

/** The lowest frequencies of an axis: rows with their mirror images, or half of the columns. */
function band(inputSize: number, kept: number, isHalf: boolean): KeptBand {
  const mirrored = isHalf ? [] : Array.from({ length: kept - 1 }, (_, i) => kept - 1 - i);
  const outputSize = isHalf ? Math.max(1, 2 * (kept - 1)) : 2 * kept - 1;
  return {
    inputSize,
    outputSize,
    frequencies: [
      ...Array.from({ length: kept }, (_, k) => ({ source: k, target: k, distance: k })),
      ...mirrored.map((k) => ({
        source: inputSize - k,
        target: outputSize - k,
        // The published masks measure the distance of negative rows plus one bin.
        distance: k + 1,
      })),
    ],
  };
}

const CASES: [string, DiffStrideAttributes, number[]][] = [
  ['two strides', attributes(band(9, 4, false), band(8, 4, true), 2, 'ortho'), [1.7, 1.4]],
  ['a shared stride', attributes(band(7, 3, false), band(11, 4, true), 3, 'backward'), [2.2]],
  ['a pixel', attributes(band(1, 1, false), band(1, 1, true), 4, 'forward'), [1, 1]],
  ['a hard crop', attributes(band(9, 3, false), band(9, 3, true), 0, 'ortho'), [2, 3]],
];

function attributes(
  rows: KeptBand,
  columns: KeptBand,
  smoothness: number,
  norm: DiffStrideAttributes['norm'],
): DiffStrideAttributes {
  return { rows, columns, smoothness, norm, minimum: [1, 1], lowerLimit: 1, upperLimit: 100 };
}

/** Computes the matrices by their definition, in float64. */
function matricesOf(given: DiffStrideAttributes, strides: number[]): number[] {
  const { rows, columns, smoothness, norm } = given;
  const axis = (kept: KeptBand, at: 0 | 1, wave: (angle: number) => number) => {
    const { inputSize: N, outputSize: n, frequencies } = kept;
    const stride = Math.max(strides[at] ?? strides[0]!, 1);
    const half = Math.max(N / stride, 2) / 2 + at;
    const scale = { backward: 1 / n, forward: 1 / N, ortho: 1 / Math.sqrt(n * N) }[norm];
    const matrix: number[] = [];
    for (let i = 0; i < n; i++)
      for (let p = 0; p < N; p++) {
        let sum = 0;
        for (const { source, target, distance } of frequencies) {
          const ramp = 1 + (half - distance) / smoothness;
          const mask = smoothness === 0 ? Number(distance < half) : Math.min(Math.max(ramp, 0), 1);
          const twice = at === 1 && target !== 0 && 2 * target !== n ? 2 : 1;
          const angle = 2 * Math.PI * ((target * i) / n - (source * p) / N);
          sum += twice * mask * scale * wave(angle);
        }
        matrix.push(sum);
      }
    return matrix;
  };
  return [Math.cos, Math.sin].flatMap((wave) => [
    ...axis(rows, 0, wave),
    ...axis(columns, 1, wave),
  ]);
}

const KERNELS = [diffStrideMatricesKernel, diffStrideMatricesGradientKernel];

export function diffStrideTests(implementations: Implementation[]): void {
  describeImplementations(KERNELS, implementations, (_backend, isKernel) => {
    if (!isKernel) {
      it('returns null, so that the caller composes the pooling', () => {
        tf.tidy(() => {
          const x = tf.ones([1, 9, 8, 8]) as tf.Tensor4D;
          expect(poolAtStrides(x, tf.tensor1d([1.7, 1.4]), CASES[0]![1])).toBeNull();
        });
      });
      return;
    }

    it.each(CASES)('%s: the matrices match their definition', (_, given, strides) => {
      tf.tidy(() => {
        const got = diffStrideMatricesKernel.run({ strides: tf.tensor1d(strides) }, given);
        expect(relativeError(got.dataSync(), matricesOf(given, strides))).toBeLessThan(2e-6);
      });
    });

    it.each(CASES.slice(0, 2))(
      '%s: the gradient matches a difference quotient',
      (_, given, strides) => {
        tf.tidy(() => {
          const size = matricesOf(given, strides).length;
          const dy = unitTensor(3, [size]);
          const upstream = dy.dataSync();
          const loss = (at: number[]) =>
            matricesOf(given, at).reduce((sum, value, i) => sum + value * upstream[i]!, 0);
          const step = 1e-5;
          const want = strides.map((_, i) => {
            const moved = (by: number) =>
              strides.map((value, at) => (at === i ? value + by : value));
            return (loss(moved(step)) - loss(moved(-step))) / (2 * step);
          });
          const op = (values: tf.Tensor) =>
            diffStrideMatricesKernel.run(
              { strides: values as tf.Tensor1D },
              given,
              diffStrideMatricesGradient,
            );
          const got = tf.grad(op)(tf.tensor1d(strides), dy);
          expect(got.shape).toEqual([strides.length]);
          expect(relativeError(got.dataSync(), want)).toBeLessThan(1e-4);
        });
      },
    );

    it('a hard crop has no gradient', () => {
      tf.tidy(() => {
        const [, given, strides] = CASES[3]!;
        const matrices = diffStrideMatricesKernel.run({ strides: tf.tensor1d(strides) }, given);
        const upstream = tf.onesLike(matrices) as tf.Tensor1D;
        const inputs = { strides: tf.tensor1d(strides), upstream };
        expect([...diffStrideMatricesGradientKernel.run(inputs, given).dataSync()]).toEqual([0, 0]);
      });
    });
  });
}
