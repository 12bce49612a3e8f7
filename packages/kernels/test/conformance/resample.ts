import { relativeError } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  resampleInputGradientKernel,
  resampleKernel,
  resampleMatrixGradientKernel,
} from '../../src/resample/contract.js';
import { resampleByMatrices } from '../../src/resample/resample.js';
import { describeImplementations, type Implementation } from './implementation.js';

/** Error bound: float32 sums of a few hundred terms in another order, and folded sums. */
const FLOAT32 = 2e-6;
/** Error bound for gradients of matrices, which also sum over images and channels. */
const FLOAT32_LONG = 5e-6;
/** A fixed seed makes failures reproducible. */
const RUNS = { seed: 20_220_425, numRuns: 120 };
/** Backends other than wasm are slower. */
const FEW_RUNS = { ...RUNS, numRuns: 20 };
/** A software GPU takes seconds to compile a program. */
const FEWEST_RUNS = { ...RUNS, numRuns: 3 };
/** The largest image on slower backends. A side may still exceed a tile. */
const FEW_VALUES = 8_000;
/**
 * The largest image on wasm. It has room for the longest sides with the fewest channels of a
 * kernel, and for the most channels on short sides.
 */
const MANY_VALUES = 40_000;

/** A matrix of m rows and k columns, in float64. */
interface Matrix {
  m: number;
  k: number;
  values: Float64Array;
}

const size = (max: number) => fc.integer({ min: 1, max });
const side = fc.oneof(size(9), size(40), fc.constantFrom(53, 70));
const cases = fc.record({
  batch: size(3),
  H: side,
  W: side,
  C: fc.oneof(size(8), size(40), fc.constantFrom(64, 130)),
  h: side,
  w: side,
  rank: fc.oneof(fc.constant(0), size(9)),
  isSymmetric: fc.boolean(),
});
/** The cases whose image and output have at most that many values. */
const casesUpTo = (values: number) =>
  cases.filter(({ batch, H, W, C, h, w }) => batch * Math.max(H, h) * Math.max(W, w) * C <= values);
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Matrices so large that the wasm kernel sums their gradients in another way. */
const LARGE: [Case][] = [
  [{ batch: 1, H: 460, W: 3, C: 8, h: 300, w: 2, rank: 0, isSymmetric: false }],
  [{ batch: 1, H: 460, W: 3, C: 8, h: 300, w: 2, rank: 2, isSymmetric: true }],
];

let state = 1;
/** Draws a float32 in (−1, 1). */
function noise(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.fround(state / 2 ** 31 - 1);
}

/** Draws a matrix. With a sign it has the symmetry a[−i, −p] = sign · a[i, p]. */
function randomMatrix(m: number, k: number, sign: -1 | 0 | 1): Matrix {
  const values = Float64Array.from({ length: m * k }, noise);
  if (sign === 0) return { m, k, values };
  const mirrored = (i: number, p: number) => values[((m - i) % m) * k + ((k - p) % k)]!;
  const symmetric = values.map((value, at) => {
    const [i, p] = [Math.floor(at / k), at % k];
    return Math.fround((value + sign * mirrored(i, p)) / 2);
  });
  return { m, k, values: symmetric };
}

/** y[n, i, q, c] = Σ a[i, p] x[n, p, q, c], in float64. */
function alongHeight({ m, k, values }: Matrix, x: Float64Array, batch: number, line: number) {
  const y = new Float64Array(batch * m * line);
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < m; i++)
      for (let p = 0; p < k; p++)
        for (let q = 0; q < line; q++)
          y[(n * m + i) * line + q]! += values[i * k + p]! * x[(n * k + p) * line + q]!;
  return y;
}

/** Σ over n and q of left[n, i, q] right[n, p, q]. */
function products(
  left: Float64Array,
  m: number,
  right: Float64Array,
  k: number,
  batch: number,
  line: number,
) {
  const sums = new Float64Array(m * k);
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < m; i++)
      for (let p = 0; p < k; p++)
        for (let q = 0; q < line; q++)
          sums[i * k + p]! += left[(n * m + i) * line + q]! * right[(n * k + p) * line + q]!;
  return sums;
}

const transposed = ({ m, k, values }: Matrix): Matrix => ({
  m: k,
  k: m,
  values: Float64Array.from(
    { length: m * k },
    (_, at) => values[(at % m) * k + Math.floor(at / m)]!,
  ),
});

function operands({ batch, H, W, C, h, w, rank, isSymmetric }: Case) {
  const matrices = {
    rows: randomMatrix(h, H, isSymmetric ? 1 : 0),
    columns: randomMatrix(w, W, isSymmetric ? 1 : 0),
    ...(rank > 0 && {
      synthesis: randomMatrix(h, rank, 0),
      analysis: randomMatrix(rank, H, 0),
      skewColumns: randomMatrix(w, W, isSymmetric ? -1 : 0),
    }),
  };
  const x = Float64Array.from({ length: batch * H * W * C }, noise);
  const dy = Float64Array.from({ length: batch * h * w * C }, noise);
  const { rows, columns, synthesis, skewColumns, analysis } = matrices;
  const tensorOf = ({ m, k, values }: Matrix) => tf.tensor2d([...values], [m, k]);
  const tensors = {
    rows: tensorOf(rows),
    columns: tensorOf(columns),
    ...(synthesis && {
      synthesis: tensorOf(synthesis),
      skewColumns: tensorOf(skewColumns!),
    }),
  };
  const constant = analysis && tensorOf(analysis);
  const image = tf.tensor4d(Float32Array.from(x), [batch, H, W, C]);
  const upstream = tf.tensor4d(Float32Array.from(dy), [batch, h, w, C]);
  return { matrices, tensors, constant, x, dy, image, upstream };
}

/** The part of a gradient with the symmetry of its matrix. */
function projected({ m, k, values }: Matrix, sign: -1 | 0 | 1): Float64Array {
  return values.map((value, at) => {
    const [i, p] = [Math.floor(at / k), at % k];
    const other = values[((m - i) % m) * k + ((k - p) % k)]!;
    return sign === 0 ? value : (value + sign * other) / 2;
  });
}

const KERNELS = [resampleKernel, resampleInputGradientKernel, resampleMatrixGradientKernel];

export function resampleTests(implementations: Implementation[]): void {
  describeImplementations(KERNELS, implementations, (backend, isKernel) => {
    it('matches its definition at every size, folded or not, and so do its gradients', () => {
      fc.assert(
        fc.property(casesUpTo(backend === 'wasm' ? MANY_VALUES : FEW_VALUES), (given) => {
          // The kernel does not run with few channels.
          const { batch, H, W, h, w, rank, isSymmetric } = given;
          const C = isKernel ? Math.max(8, given.C) : given.C;
          tf.tidy(() => {
            const { matrices, tensors, constant, x, dy, image, upstream } = operands({
              ...given,
              C,
            });
            const { rows, columns, synthesis, analysis, skewColumns } = matrices;
            const op = (input: tf.Tensor, ...learned: tf.Tensor[]) => {
              const [a, b, u, s] = learned as [
                tf.Tensor2D,
                tf.Tensor2D,
                tf.Tensor2D?,
                tf.Tensor2D?,
              ];
              const skew = u && s && { synthesis: u, analysis: constant!, columns: s };
              return resampleByMatrices(
                input as tf.Tensor4D,
                { rows: a, columns: b, ...(skew && { skew }) },
                { isSymmetric },
              );
            };
            const learned = Object.values(tensors) as tf.Tensor[];
            const near = (got: ArrayLike<number>, want: Float64Array, tolerance: number) =>
              expect(relativeError(got, want)).toBeLessThan(tolerance);
            const sum = (a: Float64Array, b: Float64Array | null) =>
              a.map((v, i) => v - (b?.[i] ?? 0));

            const mid = alongHeight(rows, x, batch, W * C);
            const y = alongHeight(columns, mid, batch * h, C);
            const corner = rank > 0 ? alongHeight(analysis!, x, batch, W * C) : null;
            const inner = corner && alongHeight(skewColumns!, corner, batch * rank, C);
            const correction = inner && alongHeight(synthesis!, inner, batch, w * C);
            const got = op(image, ...learned);
            expect(got.shape).toEqual([batch, h, w, C]);
            near(got.dataSync(), sum(y, correction), FLOAT32);

            const gradients = tf.grads(op)([image, ...learned], upstream);
            const back = alongHeight(transposed(columns), dy, batch * h, C);
            const dx = alongHeight(transposed(rows), back, batch, W * C);
            const innerBack =
              rank > 0 ? alongHeight(transposed(synthesis!), dy, batch, w * C) : null;
            const cornerBack =
              innerBack && alongHeight(transposed(skewColumns!), innerBack, batch * rank, C);
            const correctionBack =
              cornerBack && alongHeight(transposed(analysis!), cornerBack, batch, W * C);
            near(gradients[0]!.dataSync(), sum(dx, correctionBack), FLOAT32);

            // A kernel may return only the part of a gradient with its matrix's symmetry.
            const nearMatrix = (
              at: number,
              m: number,
              k: number,
              want: Float64Array,
              odd = false,
            ) => {
              const sign = isSymmetric ? (odd ? -1 : 1) : 0;
              const found = Float64Array.from(gradients[at]!.dataSync());
              const wanted = projected({ m, k, values: want }, sign);
              near(projected({ m, k, values: found }, sign), wanted, FLOAT32_LONG);
            };
            nearMatrix(1, h, H, products(back, h, x, H, batch, W * C));
            nearMatrix(2, w, W, products(dy, w, mid, W, batch * h, C));
            if (rank === 0) return;
            const wantSynthesis = products(dy, h, inner!, rank, batch, w * C).map((v) => -v);
            near(gradients[3]!.dataSync(), wantSynthesis, FLOAT32_LONG);
            const wantSkew = products(innerBack!, w, corner!, W, batch * rank, C).map((v) => -v);
            nearMatrix(4, w, W, wantSkew, true);
          });
        }),
        backend === 'webgpu' ? FEWEST_RUNS : isKernel ? { ...RUNS, examples: LARGE } : FEW_RUNS,
      );
    });
  });
}
