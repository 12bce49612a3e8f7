import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import {
  type DiffStrideAttributes,
  diffStrideGradientKernel,
  diffStrideInputGradientKernel,
  diffStrideKernel,
  diffStrideMatricesGradientKernel,
  diffStrideMatricesKernel,
  type KeptBand,
} from '../../src/diff-stride/contract.js';
import { poolAtStrides } from '../../src/diff-stride/diff-stride.js';
import { diffStrideMatricesGradient } from '../../src/diff-stride/gradient.js';
import { resampleKernel } from '../../src/resample/contract.js';
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

/** Pools [N, H, W, C] by its definition, in float64: `y = Re(P_h x P_wᵀ)`. */
function poolingOf(
  given: DiffStrideAttributes,
  strides: number[],
  x: ArrayLike<number>,
  [batch, channels]: [number, number],
): Float64Array {
  const [h, H] = [given.rows.outputSize, given.rows.inputSize];
  const [w, W] = [given.columns.outputSize, given.columns.inputSize];
  const all = matricesOf(given, strides);
  const half = h * H + w * W;
  const y = new Float64Array(batch * h * w * channels);
  for (const [at, sign] of [
    [0, 1],
    [half, -1],
  ] as const) {
    for (let n = 0; n < batch; n++)
      for (let c = 0; c < channels; c++)
        for (let i = 0; i < h; i++)
          for (let j = 0; j < w; j++)
            for (let p = 0; p < H; p++)
              for (let q = 0; q < W; q++) {
                const entry = all[at + i * H + p]! * all[at + h * H + j * W + q]!;
                const pixel = x[((n * H + p) * W + q) * channels + c]!;
                y[((n * h + i) * w + j) * channels + c]! += sign * entry * pixel;
              }
  }
  return y;
}

/** Batch and channels: less than a block of the kernels, more than a block, more than a chunk. */
const AMOUNTS: [number, number][] = [
  [2, 9],
  [1, 24],
  [1, 69],
];

const KERNELS = [diffStrideMatricesKernel, diffStrideMatricesGradientKernel];
const POOLING = [
  diffStrideKernel,
  diffStrideInputGradientKernel,
  diffStrideGradientKernel,
  resampleKernel,
];

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

  describeImplementations([...POOLING, ...KERNELS], implementations, (_backend, isKernel) => {
    const attributesOf = CASES.map(([name, given, strides]) => ({ name, given, strides }));
    const all = AMOUNTS.flatMap((amount) => attributesOf.map((one) => ({ ...one, amount })));
    const imageOf = ({ rows, columns }: DiffStrideAttributes, [n, c]: [number, number]) =>
      unitTensor(4, [n, rows.inputSize, columns.inputSize, c]) as tf.Tensor4D;

    it.skipIf(isKernel)('returns null, so that the caller composes the pooling', () => {
      tf.tidy(() => {
        const [, given, strides] = CASES[0]!;
        expect(poolAtStrides(imageOf(given, [1, 9]), tf.tensor1d(strides), given)).toBeNull();
      });
    });

    it.runIf(isKernel).each(all)(
      '$name, $amount: the pooling matches its definition',
      ({ given, strides, amount }) => {
        tf.tidy(() => {
          const x = imageOf(given, amount);
          const y = poolAtStrides(x, tf.tensor1d(strides), given)!;
          const want = poolingOf(given, strides, x.dataSync(), amount);
          expect(relativeError(y.dataSync(), want)).toBeLessThan(2e-6);
        });
      },
    );

    it.runIf(isKernel).each(all)(
      '$name, $amount: its gradients match their definition',
      ({ given, strides, amount }) => {
        tf.tidy(() => {
          const x = imageOf(given, amount);
          const pool = (image: tf.Tensor, at: tf.Tensor) =>
            poolAtStrides(image as tf.Tensor4D, at as tf.Tensor1D, given)!;
          const at = tf.tensor1d(strides);
          const dy = unitTensor(5, pool(x, at).shape) as tf.Tensor4D;
          const [dx, ds] = tf.grads(pool)([x, at], dy);
          const inner = (a: ArrayLike<number>, b: ArrayLike<number>) =>
            Array.from(a, (value, i) => value * b[i]!).reduce((sum, one) => sum + one, 0);
          const upstream = dy.dataSync();
          const product = (y: ArrayLike<number>) => inner(upstream, y);
          // The pooling is linear in x: ⟨dy, pool(z)⟩ = ⟨dx, z⟩ for every z.
          const z = unitTensor(6, x.shape).dataSync();
          const want = product(poolingOf(given, strides, z, amount));
          const got = inner(dx!.dataSync(), z);
          expect(Math.abs(got - want)).toBeLessThan(1e-5 * (1 + Math.abs(want)));
          const image = x.dataSync();
          const slopes = strides.map((_, axis) => {
            const step = 1e-5;
            const moved = (by: number) => {
              const values = strides.map((value, i) => (i === axis ? value + by : value));
              return product(poolingOf(given, values, image, amount));
            };
            return (moved(step) - moved(-step)) / (2 * step);
          });
          // At the lower limit and for a hard crop the quotient is not the gradient.
          const isSmooth = given.smoothness > 0 && strides.every((stride) => stride > 1);
          const expected = isSmooth ? slopes : strides.map(() => 0);
          expect(ds!.shape).toEqual([strides.length]);
          expect(relativeError(ds!.dataSync(), expected)).toBeLessThan(1e-4);
        });
      },
    );
  });
}
