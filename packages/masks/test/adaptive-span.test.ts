import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  gradientErrors,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaptiveSpanMask, adaptiveSpanWeights } from '../src/index.js';

const FLOAT32 = 1e-5;

interface SpanCase {
  case: string;
  params: { maxSpan: number; R: number; z: number[]; maskAtDistance0toS: GoldenTensor };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { scores: GoldenTensor; z: GoldenTensor };
}
const goldens = readGolden<SpanCase>(
  new URL('fixtures/span_attention.json', import.meta.url),
).cases;
const tensor = ({ data, shape }: GoldenTensor) => tf.tensor(data, shape, 'float32');

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))(
    '%s: weights and gradients match the golden numbers',
    (_, golden) => {
      const { maxSpan, R: smoothness, z, maskAtDistance0toS } = golden.params;
      tf.tidy(() => {
        const op = (scores: tf.Tensor, span: tf.Tensor) =>
          adaptiveSpanWeights(scores as tf.Tensor3D, span as tf.Tensor1D, { maxSpan, smoothness });
        const [scores, span] = [tensor(golden.input), tf.tensor1d(z)];
        expect(relativeError(op(scores, span).dataSync(), golden.output.data)).toBeLessThan(
          FLOAT32,
        );
        const [ds, dz] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
          tf.sum(tf.mul(op(a, b), tensor(golden.upstream))),
        )([scores, span]);
        expect(relativeError(ds!.dataSync(), golden.grads.scores.data)).toBeLessThan(FLOAT32);
        expect(relativeError(dz!.dataSync(), golden.grads.z.data)).toBeLessThan(FLOAT32);
        // The golden numbers cover distances 0 … S, the op 0 … S − 1.
        const mask = adaptiveSpanMask(span, maxSpan + 1, smoothness);
        expect(relativeError(mask.dataSync(), maskAtDistance0toS.data)).toBeLessThan(FLOAT32);
      });
    },
  );

  it('sums to 1 in every row except the first, even for large scores', () => {
    tf.tidy(() => {
      const scores = tf.mul(unitTensor(1, [2, 7, 7]), 1e4) as tf.Tensor3D;
      const weights = adaptiveSpanWeights(scores, tf.tensor1d([3, 0.5]), {
        maxSpan: 5,
        smoothness: 2,
      });
      const rows = [...tf.sum(weights, -1).dataSync()];
      rows.forEach((total, i) => {
        expect(total).toBeCloseTo(i % 7 === 0 ? 0 : 1, 5);
      });
    });
  });

  it('is a plain causal softmax if the span covers everything', () => {
    tf.tidy(() => {
      const scores = unitTensor(4, [1, 5, 5]) as tf.Tensor3D;
      const got = adaptiveSpanWeights(scores, tf.tensor1d([99]), {
        maxSpan: 10,
        smoothness: 1,
      }).arraySync()[0]!;
      const rows = scores.arraySync()[0]!;
      rows.forEach((row, t) => {
        const total = row.slice(0, t).reduce((sum, s) => sum + Math.exp(s), 0);
        row.forEach((s, r) => {
          expect(got[t]![r]!).toBeCloseTo(r < t ? Math.exp(s) / total : 0, 5);
        });
      });
    });
  });

  it('ignores the future and the token itself, even if not finite', () => {
    tf.tidy(() => {
      const clean = unitTensor(2, [1, 4, 4]) as tf.Tensor3D;
      const values = clean.dataSync().slice();
      values[3] = Number.NaN; // query 0, key 3: the future
      values[10] = Number.POSITIVE_INFINITY; // query 2, key 2: itself
      const options = { maxSpan: 3, smoothness: 1 };
      const span = tf.tensor1d([2]);
      const dirty = adaptiveSpanWeights(tf.tensor3d(values, [1, 4, 4]), span, options);
      expect([...dirty.dataSync()]).toEqual([
        ...adaptiveSpanWeights(clean, span, options).dataSync(),
      ]);
    });
  });

  it('ignores scores beyond the span, even if they are infinite', () => {
    tf.tidy(() => {
      const clean = unitTensor(2, [1, 5, 5]) as tf.Tensor3D;
      const options = { maxSpan: 5, smoothness: 1 };
      const span = tf.tensor1d([1]); // the mask is 1 at distance 1, and 0 from distance 2
      for (const odd of [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 3e38]) {
        const values = clean.dataSync().slice();
        values[4 * 5 + 0] = odd;
        values[3 * 5 + 1] = odd;
        const dirty = tf.tensor3d(values, [1, 5, 5]);
        const loss = (scores: tf.Tensor, z: tf.Tensor) =>
          tf.sum(
            tf.square(adaptiveSpanWeights(scores as tf.Tensor3D, z as tf.Tensor1D, options)),
          ) as tf.Scalar;
        const [got, want] = [dirty, clean].map((x) => tf.valueAndGrads(loss)([x, span]));
        expect(got!.value.dataSync()).toEqual(want!.value.dataSync());
        got!.grads.forEach((grad, i) => {
          expect(grad.dataSync()).toEqual(want!.grads[i]!.dataSync());
        });
      }
    });
  });

  it('takes scores of any size, and gives −∞ the weight 0', () => {
    tf.tidy(() => {
      const options = { maxSpan: 3, smoothness: 0 };
      const rows = (scores: number[]) => {
        const all = tf.tile(tf.tensor3d([...scores, 0], [1, 1, 4]), [1, 4, 1]) as tf.Tensor3D;
        return adaptiveSpanWeights(all, tf.tensor1d([4]), options).arraySync()[0]!;
      };
      expect(rows([-1e35, -2e35, -1e38])[3]).toEqual([1, 0, 0, 0]);
      const none = Number.NEGATIVE_INFINITY;
      expect(rows([none, 5, none])[3]).toEqual([0, 1, 0, 0]);
      expect(rows([none, none, none])[3]).toEqual([0, 0, 0, 0]);
    });
  });

  it('has the gradients of finite differences', () => {
    tf.tidy(() => {
      const op = (scores: tf.Tensor, span: tf.Tensor) =>
        adaptiveSpanWeights(scores as tf.Tensor3D, span as tf.Tensor1D, {
          maxSpan: 4,
          smoothness: 3,
        });
      const inputs = [unitTensor(3, [2, 6, 6]), tf.tensor1d([1.3, 2.2])];
      for (const error of gradientErrors(op as never, inputs, [5e-2, 5e-2])) {
        expect(error).toBeLessThan(5e-3);
      }
    });
  });

  it('leaks nothing', () => {
    const [scores, span] = [tf.ones([2, 4, 4]) as tf.Tensor3D, tf.tensor1d([1, 2])];
    expect(
      leakedTensors(() => adaptiveSpanWeights(scores, span, { maxSpan: 3, smoothness: 2 })),
    ).toBe(0);
    expect(leakedTensors(() => adaptiveSpanMask(span, 3, 2))).toBe(0);
    tf.dispose([scores, span]);
  });
});

describe('bad input', () => {
  const options = { maxSpan: 3, smoothness: 2 };
  it.each([
    [
      () => adaptiveSpanWeights(tf.ones([2, 4, 5]), tf.ones([2]), options),
      'adaptiveSpanWeights: scores must have shape [heads, T, T], got [2,4,5]',
    ],
    [
      () => adaptiveSpanWeights(tf.ones([2, 4, 4]), tf.ones([3]), options),
      'adaptiveSpanWeights: span must have shape [heads = 2], got [3]',
    ],
    [
      () => adaptiveSpanWeights(tf.ones([1, 4, 4]), tf.ones([1]), { ...options, maxSpan: 0 }),
      'adaptiveSpanWeights: maxSpan must be an integer >= 1, got 0',
    ],
    [() => adaptiveSpanMask(tf.ones([1]), 3, -2), 'adaptiveSpanMask: smoothness must be a finite'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
