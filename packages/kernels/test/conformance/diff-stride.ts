import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
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
  // Few of many bins are on the ramp.
  ['a short ramp', attributes(band(32, 9, false), band(37, 10, true), 1, 'ortho'), [2.1, 2.3]],
];

function attributes(
  rows: KeptBand,
  columns: KeptBand,
  smoothness: number,
  norm: DiffStrideAttributes['norm'],
): DiffStrideAttributes {
  return { rows, columns, smoothness, norm, minimum: [1, 1], lowerLimit: 1, upperLimit: 100 };
}

/** The factor of a frequency at a distance, on the axis 0 (rows) or 1 (columns). */
type FactorAt = (distance: number, at: 0 | 1) => number;

/** The mask before it is clipped, the stride of the axis, and N/S. */
function rampAt(given: DiffStrideAttributes, strides: number[], distance: number, at: 0 | 1) {
  const { inputSize } = at === 0 ? given.rows : given.columns;
  const stride = Math.max(strides[at] ?? strides[0]!, 1);
  const ratio = inputSize / stride;
  const half = Math.max(ratio, 2) / 2 + at;
  return { above: half - distance, value: 1 + (half - distance) / given.smoothness, stride, ratio };
}

/** The mask by its definition. */
const maskOf =
  (given: DiffStrideAttributes, strides: number[]): FactorAt =>
  (distance, at) => {
    const { above, value } = rampAt(given, strides, distance, at);
    return given.smoothness === 0 ? Number(above > 0) : Math.min(Math.max(value, 0), 1);
  };

/**
 * The derivative of the mask in the stride of an axis. It passes at the ends of the ramp, and at
 * the lower limit.
 */
const slopeOf =
  (given: DiffStrideAttributes, strides: number[], axis: 0 | 1): FactorAt =>
  (distance, at) => {
    if (at !== axis) return maskOf(given, strides)(distance, at);
    const { value, stride, ratio } = rampAt(given, strides, distance, at);
    const isOnRamp = given.smoothness > 0 && value >= 0 && value <= 1 && ratio >= 2;
    return isOnRamp ? -ratio / stride / 2 / given.smoothness : 0;
  };

/** Computes the matrices by their definition, in float64. */
function matricesOf(
  given: DiffStrideAttributes,
  strides: number[],
  factorAt: FactorAt = maskOf(given, strides),
): number[] {
  const { rows, columns, norm } = given;
  const axis = (kept: KeptBand, at: 0 | 1, wave: (angle: number) => number) => {
    const { inputSize: N, outputSize: n, frequencies } = kept;
    const scale = { backward: 1 / n, forward: 1 / N, ortho: 1 / Math.sqrt(n * N) }[norm];
    const matrix: number[] = [];
    for (let i = 0; i < n; i++)
      for (let p = 0; p < N; p++) {
        let sum = 0;
        for (const { source, target, distance } of frequencies) {
          const twice = at === 1 && target !== 0 && 2 * target !== n ? 2 : 1;
          const angle = 2 * Math.PI * ((target * i) / n - (source * p) / N);
          sum += twice * factorAt(distance, at) * scale * wave(angle);
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
  factorAt?: FactorAt,
): Float64Array {
  const [h, H] = [given.rows.outputSize, given.rows.inputSize];
  const [w, W] = [given.columns.outputSize, given.columns.inputSize];
  const all = matricesOf(given, strides, factorAt);
  const half = h * H + w * W;
  const y = new Float64Array(batch * h * w * channels);
  for (const [at, sign] of [
    [0, 1],
    [half, -1],
  ] as const) {
    for (let n = 0; n < batch; n++)
      for (let c = 0; c < channels; c++)
        for (let i = 0; i < h; i++)
          for (let q = 0; q < W; q++) {
            let sum = 0;
            for (let p = 0; p < H; p++) {
              sum += all[at + i * H + p]! * x[((n * H + p) * W + q) * channels + c]!;
            }
            for (let j = 0; j < w; j++) {
              const entry = sign * all[at + h * H + j * W + q]!;
              y[((n * h + i) * w + j) * channels + c]! += entry * sum;
            }
          }
  }
  return y;
}

/** Float32 sums over all pixels, in another order. */
const FLOAT32_SUMS = 1e-5;

/** Batch and channels: less than a block of the kernels, more than a block, more than a chunk. */
const AMOUNTS: [number, number][] = [
  [2, 9],
  [1, 24],
  [1, 69],
];

/** All frequencies of an axis, so that the size does not change. */
function wholeBand(size: number, isHalf: boolean): KeptBand {
  const half = Math.floor(size / 2);
  const frequencies = Array.from({ length: isHalf ? half + 1 : size }, (_, k) => ({
    source: k,
    target: k,
    // As published: the distance of a negative row is its own, minus one bin.
    distance: 2 * k <= size ? k : size - k - 1,
  }));
  return { inputSize: size, outputSize: size, frequencies };
}

/** Sizes and ramps for the gradient of the strides. Halves of bins are exact in float32. */
const RAMPS: [string, DiffStrideAttributes, number[], [batch: number, channels: number]][] = [
  ['primes', attributes(band(23, 9, false), band(19, 8, true), 4, 'ortho'), [1.7, 1.4], [2, 9]],
  ['one channel', attributes(band(29, 9, false), band(11, 5, true), 2, 'ortho'), [2.4], [3, 1]],
  ['many planes', attributes(band(13, 5, false), band(17, 6, true), 3, 'forward'), [2, 2], [3, 70]],
  ['a tall image', attributes(band(90, 40, false), band(6, 3, true), 4, 'ortho'), [1.3, 2], [1, 2]],
  ['a wide image', attributes(band(5, 2, false), band(90, 40, true), 4, 'ortho'), [2, 1.2], [1, 2]],
  ['one row', attributes(band(1, 1, false), band(75, 30, true), 4, 'backward'), [1, 1.6], [2, 8]],
  ['one column', attributes(band(75, 30, false), band(1, 1, true), 4, 'ortho'), [1.6, 1], [2, 8]],
  ['a pixel', attributes(band(1, 1, false), band(1, 1, true), 4, 'forward'), [1, 1], [2, 8]],
  ['strides of 1', attributes(wholeBand(24, false), wholeBand(20, true), 4, 'ortho'), [1], [2, 8]],
  [
    // A mirror image lies at the end of the ramp, where its mask is 1 as well.
    'masks of 1 with different slopes',
    attributes(band(10, 5, false), band(6, 3, true), 2, 'ortho'),
    [1, 1.3],
    [1, 16],
  ],
  [
    'strides near the size',
    attributes(wholeBand(23, false), wholeBand(18, true), 5, 'ortho'),
    [11.3, 8.7],
    [1, 9],
  ],
  [
    'strides beyond half of the size',
    attributes(wholeBand(23, false), wholeBand(18, true), 5, 'ortho'),
    [22.5, 17],
    [1, 9],
  ],
  ['no ramp', attributes(band(23, 9, false), band(19, 8, true), 0, 'ortho'), [1.7, 1.4], [1, 9]],
  [
    'a ramp of half a bin',
    attributes(band(24, 9, false), band(20, 8, true), 0.5, 'ortho'),
    [2, 2],
    [1, 9],
  ],
  [
    'a ramp beyond the band',
    attributes(wholeBand(26, false), wholeBand(22, true), 50, 'ortho'),
    [3.1, 2.3],
    [1, 9],
  ],
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

    it.runIf(isKernel).each(RAMPS)(
      '%s: the gradient of the strides matches its definition',
      (_, given, strides, amount) => {
        tf.tidy(() => {
          const x = imageOf(given, amount);
          const size = [given.rows.outputSize, given.columns.outputSize];
          const dy = unitTensor(5, [amount[0], ...size, amount[1]]) as tf.Tensor4D;
          const at = tf.tensor1d(strides);
          const made = diffStrideMatricesKernel.isHere() && {
            matrices: diffStrideMatricesKernel.run({ strides: at }, given),
          };
          const gradient = () =>
            diffStrideGradientKernel.run({ x, dy, strides: at, ...made }, given).dataSync();
          const got = gradient();
          const [image, upstream] = [x.dataSync(), dy.dataSync()];
          const want = ([0, 1] as const).map((axis) =>
            poolingOf(given, strides, image, amount, slopeOf(given, strides, axis)).reduce(
              (sum, value, i) => sum + value * upstream[i]!,
              0,
            ),
          );
          expect(relativeError(got, want)).toBeLessThan(FLOAT32_SUMS);
          // No sum depends on the order in which invocations run.
          expect([...gradient()]).toEqual([...got]);
          expect(leakedTensors(() => tf.tidy(gradient))).toBe(0);
        });
      },
    );
  });
}
