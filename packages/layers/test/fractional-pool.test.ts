import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  gradientErrors,
  imageTensor,
  imageValues,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { pseudoRandomSequence } from '../src/fractional-sequence.js';
import {
  FractionalAvgPool,
  FractionalAvgPool1D,
  FractionalAvgPool3D,
  FractionalMaxPool,
  FractionalMaxPool1D,
  FractionalMaxPool3D,
  FractionalUnpool,
} from '../src/index.js';
import {
  fractionalAvgPool,
  fractionalMaxPool,
  fractionalMaxPool1d,
  fractionalSequence,
} from '../src/ops.js';

const FLOAT32 = 1e-6;

interface PoolCase {
  case: string;
  params: { rowSequence: number[]; colSequence: number[]; overlapping: boolean };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const pools = readGolden<PoolCase>(
  new URL('fixtures/fractional_max_pool.json', import.meta.url),
).cases;

interface SequenceCase {
  case: string;
  params: { nIn: number; nOut: number };
  output: {
    allowedIncrements: number[];
    countOfLarger: number;
    pseudorandom: { u: number; shifted: number[] }[];
  };
}
const sequences = readGolden<SequenceCase>(
  new URL('fixtures/fractional_sequences.json', import.meta.url),
).cases;

/** The definition by loops. `reduce` gets the values of a region. */
function naive(
  x: tf.Tensor4D,
  rows: number[],
  columns: number[],
  overlapping: boolean,
  reduce: (values: number[]) => number,
): number[] {
  const [n, height, width, channels] = x.shape;
  const values = x.dataSync();
  const extra = overlapping ? 1 : 0;
  const y: number[] = [];
  for (let b = 0; b < n; b++)
    for (let i = 0; i + 1 < rows.length; i++)
      for (let j = 0; j + 1 < columns.length; j++)
        for (let c = 0; c < channels; c++) {
          const region: number[] = [];
          for (let p = rows[i]!; p < Math.min(rows[i + 1]! + extra, height); p++)
            for (let q = columns[j]!; q < Math.min(columns[j + 1]! + extra, width); q++)
              region.push(values[((b * height + p) * width + q) * channels + c]!);
          y.push(reduce(region));
        }
  return y;
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(pools.map((c) => [c.case, c] as const))(
    '%s: output and gradient match the golden numbers',
    (_, golden) => {
      const { rowSequence: rows, colSequence: columns, overlapping } = golden.params;
      tf.tidy(() => {
        const x = imageTensor(golden.input);
        const upstream = imageTensor(golden.upstream);
        const op = (image: tf.Tensor) =>
          fractionalMaxPool(image as tf.Tensor4D, { rows, columns, overlapping });
        const result = op(x);
        const dx = tf.grad((image) => tf.sum(tf.mul(op(image).output, upstream)))(x);
        expect([result.rows, result.columns]).toEqual([rows, columns]);
        expect(relativeError(imageValues(result.output), golden.output.data)).toBeLessThan(FLOAT32);
        expect(relativeError(imageValues(dx), golden.grads.input.data)).toBeLessThan(FLOAT32);
      });
    },
  );

  it('matches its definition for all kinds of regions', () => {
    tf.tidy(() => {
      for (const [height, width, ratio] of [
        [1, 1, 1],
        [7, 5, 1.3],
        [9, 16, 2.7],
        [6, 6, 10],
      ] as const) {
        const x = unitTensor(height, [2, height, width, 3]) as tf.Tensor4D;
        for (const overlapping of [false, true]) {
          for (const pseudoRandom of [false, true]) {
            const options = { ratio, overlapping, pseudoRandom, seed: 5 };
            const { output, rows, columns } = fractionalMaxPool(x, options);
            const size = (n: number) => Math.max(1, Math.floor(n / ratio));
            expect(output.shape).toEqual([2, size(height), size(width), 3]);
            const want = naive(x, rows, columns, overlapping, (values) => Math.max(...values));
            expect(relativeError(output.dataSync(), want)).toBe(0);
            const mean = fractionalAvgPool(x, options);
            expect([mean.rows, mean.columns]).toEqual([rows, columns]);
            const average = naive(
              x,
              rows,
              columns,
              overlapping,
              (v) => v.reduce((s, a) => s + a, 0) / v.length,
            );
            expect(relativeError(mean.output.dataSync(), average)).toBeLessThan(FLOAT32);
          }
        }
      }
    });
  });

  it('passes the gradient of equal values to the first one', () => {
    tf.tidy(() => {
      const op = (x: tf.Tensor) =>
        tf.sum(fractionalMaxPool(x as tf.Tensor4D, { rows: [0, 2, 3], columns: [0, 1, 3] }).output);
      const dx = tf.grad(op)(tf.ones([1, 3, 3, 1]));
      expect([...dx.dataSync()]).toEqual([1, 1, 0, 0, 0, 0, 1, 1, 0]);
    });
  });

  it('averages with the gradient of finite differences', () => {
    tf.tidy(() => {
      const op = (x: tf.Tensor) =>
        fractionalAvgPool(x as tf.Tensor4D, { outputSize: [3, 4], overlapping: true, seed: 2 })
          .output;
      expect(gradientErrors(op, [unitTensor(1, [1, 5, 7, 2])], [0.5])[0]).toBeLessThan(1e-5);
    });
  });

  it('treats channelsFirst as the same image, and leaks nothing', () => {
    tf.tidy(() => {
      const x = unitTensor(2, [2, 9, 8, 3]) as tf.Tensor4D;
      const options = { ratio: 1.5, seed: 3 };
      const want = fractionalMaxPool(x, options).output;
      const first = fractionalMaxPool(tf.transpose(x, [0, 3, 1, 2]), {
        ...options,
        dataFormat: 'channelsFirst',
      });
      expect(
        relativeError(tf.transpose(first.output, [0, 2, 3, 1]).dataSync(), want.dataSync()),
      ).toBe(0);
    });
    const x = tf.ones([1, 6, 6, 2]) as tf.Tensor4D;
    for (const op of [fractionalMaxPool, fractionalAvgPool]) {
      expect(leakedTensors(() => op(x, { ratio: 1.5 }).output)).toBe(0);
    }
    x.dispose();
  });
});

describe('fractionalSequence', () => {
  it.each(sequences.map((c) => [c.case, c] as const))(
    '%s has the increments of the golden numbers',
    (_, golden) => {
      const { nIn, nOut } = golden.params;
      const { allowedIncrements, countOfLarger, pseudorandom } = golden.output;
      for (const { u, shifted } of pseudorandom) {
        expect(pseudoRandomSequence(nIn, nOut, u)).toEqual(shifted);
      }
      for (const pseudoRandom of [false, true]) {
        for (let seed = 0; seed < 50; seed++) {
          const boundaries = fractionalSequence(nIn, nOut, { pseudoRandom, seed });
          expect([boundaries[0], boundaries.at(-1), boundaries.length]).toEqual([0, nIn, nOut + 1]);
          const increments = boundaries.slice(1).map((b, i) => b - boundaries[i]!);
          expect(allowedIncrements).toEqual(expect.arrayContaining([...new Set(increments)]));
          expect(increments.filter((n) => n === Math.max(...allowedIncrements))).toHaveLength(
            countOfLarger,
          );
        }
      }
    },
  );

  it('puts the larger increment in each place equally often', () => {
    const counts = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < 5000; seed++) {
      const boundaries = fractionalSequence(7, 5, { seed });
      boundaries.slice(1).forEach((b, i) => {
        counts[i]! += b - boundaries[i]! - 1;
      });
    }
    // Binomial(5000, 2/5): mean 2000, standard deviation 35. The bound is five of them.
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(175);
  });

  it('draws rows and columns independently, and repeats them for a seed', () => {
    const draw = (seed: number, stream: 0 | 1) => fractionalSequence(40, 27, { seed, stream });
    expect(draw(4, 0)).toEqual(draw(4, 0));
    expect(draw(4, 0)).not.toEqual(draw(4, 1));
    expect(draw(4, 0)).not.toEqual(draw(5, 0));
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));
  const x = () => tf.ones([1, 4, 4, 1]) as tf.Tensor4D;

  it.each([
    [{}, 'exactly one of ratio, outputSize, and rows with columns must be given, got none'],
    [
      { ratio: 2, outputSize: 2 },
      'exactly one of ratio, outputSize, and rows with columns must be given, ' +
        'got ratio, outputSize',
    ],
    [
      { rows: [0, 4] },
      'exactly one of ratio, outputSize, and rows with columns must be given, got rows',
    ],
    [{ ratio: 0.5 }, 'ratio must be >= 1, got [0.5, 0.5]'],
    [{ outputSize: 5 }, 'outputSize must be integers in 1 … [4, 4], got [5, 5]'],
    [
      { rows: [0, 3, 2, 4], columns: [0, 4] },
      'rows must rise from 0 to 4 in integers, got [0, 3, 2, 4]',
    ],
    [{ rows: [0, 9], columns: [0, 4] }, 'rows must rise from 0 to 4 in integers, got [0, 9]'],
    [{ rows: [0, 4], columns: [] }, 'columns must rise from 0 to 4 in integers, got []'],
    [{ rows: [0, 4], columns: [1, 4] }, 'columns must rise from 0 to 4 in integers, got [1, 4]'],
    [{ ratio: 2, seed: 0.5 }, 'seed must be an integer, got 0.5'],
  ])('%j is an error that names the argument', (options, message) => {
    expect(() => fractionalMaxPool(x(), options)).toThrow(`fractionalMaxPool: ${message}`);
  });
});

it.each([
  FractionalAvgPool,
  FractionalAvgPool1D,
  FractionalAvgPool3D,
  FractionalMaxPool,
  FractionalMaxPool1D,
  FractionalMaxPool3D,
  FractionalUnpool,
])('%o refuses an output size that is no number', (Layer) => {
  for (const [outputSize, got] of [
    [() => 2, 'a function'],
    [Symbol('two'), 'Symbol(two)'],
    [[2, () => 2], '[2, a function]'],
    [{}, '{  }'],
  ] as [unknown, string][]) {
    expect(() => new Layer({ outputSize } as never)).toThrow(
      `${Layer.name}: outputSize must be integers >= 1, got ${got}`,
    );
  }
});

it('boundaries may be typed arrays', () => {
  const x = unitTensor(3, [1, 6, 5, 2]) as tf.Tensor4D;
  const [rows, columns] = [
    [0, 2, 6],
    [0, 1, 5],
  ];
  const want = fractionalMaxPool(x, { rows: rows!, columns: columns! });
  const typed = { rows: Int32Array.from(rows!), columns: Float32Array.from(columns!) };
  const got = fractionalMaxPool(x, typed as never);
  expect([got.rows, got.columns]).toEqual([rows, columns]);
  expect([...got.output.dataSync()]).toEqual([...want.output.dataSync()]);
  const line = tf.reshape(x, [1, 6, 10]) as tf.Tensor3D;
  const one = fractionalMaxPool1d(line, { boundaries: [typed.rows] as never });
  expect([one.boundaries, one.output.shape]).toEqual([[rows], [1, 2, 10]]);
  tf.dispose([x, line, want.output, got.output, one.output]);
});

describe('regions of a layer', () => {
  it('are those of inference, one entry per sample', () => {
    const layer = new FractionalMaxPool({ ratio: 1.5, samples: 2, overlapping: true, seed: 3 });
    const [first, second] = layer.regions([10, 7]);
    for (const { rows, columns } of [first!, second!]) {
      expect([rows.length, columns.length]).toEqual([6, 4]);
      expect([rows[0]![0], rows.at(-1)![1], columns.at(-1)![1]]).toEqual([0, 10, 7]);
      // Neighbours share one row.
      rows.slice(1).forEach(([start], at) => {
        expect(rows[at]![1]).toBe(start + 1);
      });
    }
    expect(second).not.toEqual(first);
    const x = tf.range(0, 10).reshape([1, 10, 1, 1]).tile([1, 1, 7, 1]) as tf.Tensor4D;
    const one = new FractionalMaxPool({ ratio: 1.5, overlapping: true, seed: 3 });
    const y = (one.apply(x) as tf.Tensor4D).slice([0, 0, 0, 0], [1, -1, 1, 1]).dataSync();
    // The maximum of rising rows is the last row of each region.
    expect([...y]).toEqual(first!.rows.map(([, end]) => end - 1));
  });

  it('need an image of known size', () => {
    const layer = new FractionalMaxPool({ ratio: 1.5 });
    expect(() => layer.regions([0, 7])).toThrow('FractionalMaxPool.regions: input');
  });
});
