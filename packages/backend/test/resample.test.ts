import { relativeError } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** float32 sums of up to a few hundred terms, in another order and through sums and differences. */
const FLOAT32 = 2e-6;
/** Gradients of matrices sum over images and channels too. */
const FLOAT32_LONG = 5e-6;
/** Fixed, so that a failure can be repeated. */
const RUNS = { seed: 20_220_425, numRuns: 120 };
/** A GPU in software takes its time. */
const FEW_RUNS = { ...RUNS, numRuns: 25 };
/** The most values of an image there. Each side alone may still be longer than a tile. */
const FEW_VALUES = 8_000;

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
const smallCases = cases.filter(
  ({ batch, H, W, C, h, w }) => batch * Math.max(H, h) * Math.max(W, w) * C <= FEW_VALUES,
);
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

let state = 1;
/** Numbers in (−1, 1) that float32 holds. */
function noise(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.fround(state / 2 ** 31 - 1);
}

/** A random matrix; with a sign, one with a[−i, −p] = sign · a[i, p]. */
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
  const learned = synthesis ? [rows, columns, synthesis, skewColumns!] : [rows, columns];
  const tensors: Record<string, tf.Tensor> = {
    matrices: tf.tensor1d(learned.flatMap(({ values }) => [...values])),
    ...(analysis && { analysis: tf.tensor2d([...analysis.values], [rank, H]) }),
  };
  const image = tf.tensor4d(Float32Array.from(x), [batch, H, W, C]);
  const upstream = tf.tensor4d(Float32Array.from(dy), [batch, h, w, C]);
  return { matrices, tensors, x, dy, image, upstream };
}

const ACCELERATED = BACKENDS.filter((backend) => backend !== 'cpu');

describe.each(ACCELERATED)('Resample on %s', (backend) => {
  beforeAll(async () => {
    expect((await useBackend(backend)).added).toContain('Resample');
  });

  it('and its gradients are their definitions at every size, folded or not', () => {
    fc.assert(
      fc.property(backend === 'webgpu' ? smallCases : cases, (given) => {
        const { batch, H, W, C, h, w, rank, isSymmetric } = given;
        // No use is made of symmetry on a GPU, so that gradients of matrices come whole.
        const sign = isSymmetric && backend === 'wasm' ? 1 : 0;
        tf.tidy(() => {
          const { matrices, tensors, x, dy, image, upstream } = operands(given);
          const { rows, columns, synthesis, analysis, skewColumns } = matrices;
          const attrs = { rows: [h, H], columns: [w, W], isSymmetric };
          const run = (name: string, inputs: Record<string, tf.Tensor>) =>
            tf.engine().runKernel(name, { ...inputs, ...tensors }, attrs) as tf.Tensor;
          const near = (got: tf.Tensor, want: Float64Array, tolerance: number) =>
            expect(relativeError(got.dataSync(), want)).toBeLessThan(tolerance);
          const sum = (a: Float64Array, b: Float64Array | null) =>
            a.map((v, i) => v - (b?.[i] ?? 0));

          const mid = alongHeight(rows, x, batch, W * C);
          const y = alongHeight(columns, mid, batch * h, C);
          const corner = rank > 0 ? alongHeight(analysis!, x, batch, W * C) : null;
          const inner = corner && alongHeight(skewColumns!, corner, batch * rank, C);
          const correction = inner && alongHeight(synthesis!, inner, batch, w * C);
          const got = tf
            .engine()
            .runKernel(
              'Resample',
              [image, ...Object.values(tensors)] as unknown as tf.NamedTensorMap,
              attrs,
            ) as tf.Tensor;
          expect(got.shape).toEqual([batch, h, w, C]);
          near(got, sum(y, correction), FLOAT32);

          const back = alongHeight(transposed(columns), dy, batch * h, C);
          const dx = alongHeight(transposed(rows), back, batch, W * C);
          const innerBack = rank > 0 ? alongHeight(transposed(synthesis!), dy, batch, w * C) : null;
          const cornerBack =
            innerBack && alongHeight(transposed(skewColumns!), innerBack, batch * rank, C);
          const correctionBack =
            cornerBack && alongHeight(transposed(analysis!), cornerBack, batch, W * C);
          near(run('ResampleInputGrad', { dy: upstream }), sum(dx, correctionBack), FLOAT32);

          const projected = (values: Float64Array, m: number, k: number, sign: -1 | 0 | 1) =>
            values.map((value, at) => {
              const [i, p] = [Math.floor(at / k), at % k];
              const other = values[((m - i) % m) * k + ((k - p) % k)]!;
              return sign === 0 ? value : (value + sign * other) / 2;
            });
          const gradient = run('ResampleMatrixGrad', { x: image, dy: upstream });
          const sizes = rank > 0 ? [h * H, w * W, h * rank, w * W] : [h * H, w * W];
          const [dRows, dColumns, dSynthesis, dSkew] = tf.split(gradient, sizes) as [
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
          ];
          const wantRows = products(back, h, x, H, batch, W * C);
          near(dRows, projected(wantRows, h, H, sign), FLOAT32_LONG);
          const wantColumns = products(dy, w, mid, W, batch * h, C);
          near(dColumns, projected(wantColumns, w, W, sign), FLOAT32_LONG);
          if (rank === 0) return;
          const wantSynthesis = products(dy, h, inner!, rank, batch, w * C);
          near(
            dSynthesis,
            wantSynthesis.map((v) => -v),
            FLOAT32_LONG,
          );
          const wantSkew = products(innerBack!, w, corner!, W, batch * rank, C);
          near(
            dSkew,
            projected(
              wantSkew.map((v) => -v),
              w,
              W,
              -sign as -1 | 0,
            ),
            FLOAT32_LONG,
          );
        });
      }),
      backend === 'wasm' ? RUNS : FEW_RUNS,
    );
  });
});
