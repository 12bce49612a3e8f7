import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  gradientErrors,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AdaptiveSpan, adaptiveSpanAttention, adaptiveSpanWeights } from '../src/index.js';

const FLOAT32 = 1e-5;

interface PositionsCase {
  params: { maxSpan: number; R: number; z: number[]; positions: GoldenTensor };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor; positions: GoldenTensor; z: GoldenTensor };
}
const golden = readGolden<PositionsCase>(new URL('fixtures/span_positions.json', import.meta.url))
  .cases[0]!;
const tensor = ({ data, shape }: GoldenTensor) => tf.tensor(data, shape, 'float32');

/** The definition: scores of all T² pairs, with `q_t · (k_r + p_{t−r})`. */
function dense(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  span: tf.Tensor1D,
  { positions, ...options }: { maxSpan: number; smoothness: number; positions: tf.Tensor2D },
) {
  const length = q.shape[1]!;
  const indices = Array.from({ length: length ** 2 }, (_, i) =>
    Math.min(Math.max(Math.floor(i / length) - (i % length), 1), options.maxSpan),
  );
  const of = tf.gather(positions, tf.tensor1d(indices, 'int32').sub(1).cast('int32'));
  const keys = tf.add(tf.expandDims(k, 1), tf.reshape(of, [1, length, length, -1]));
  const scores = tf.sum(tf.mul(tf.expandDims(q, 2), keys), -1) as tf.Tensor3D;
  return tf.matMul(adaptiveSpanWeights(scores, span, options), v);
}

describe.each(['cpu', 'wasm'] as const)('relative positions on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('match the golden numbers, with all gradients', () => {
    tf.tidy(() => {
      const { maxSpan, R: smoothness, z, positions } = golden.params;
      const inputs = [...tf.unstack(tensor(golden.input)), tensor(positions), tf.tensor1d(z)];
      const op = (...[q, k, v, p, span]: tf.Tensor[]) =>
        adaptiveSpanAttention(q!, k!, v!, span as tf.Tensor1D, {
          maxSpan,
          smoothness,
          positions: p as tf.Tensor2D,
        });
      expect(relativeError(op(...inputs).dataSync(), golden.output.data)).toBeLessThan(FLOAT32);
      const [dq, dk, dv, dp, dz] = tf.grads(op as never)(inputs, tensor(golden.upstream));
      const { input, positions: slopes, z: ofSpans } = golden.grads;
      const made = tf.stack([dq!, dk!, dv!]);
      expect(relativeError(made.dataSync(), input.data)).toBeLessThan(FLOAT32);
      expect(relativeError(dp!.dataSync(), slopes.data)).toBeLessThan(FLOAT32);
      expect(relativeError(dz!.dataSync(), ofSpans.data)).toBeLessThan(FLOAT32);
    });
  });

  it.each([
    ['windows', 57, 4, [0.5, 3.2]],
    ['all keys at once', 21, 18, [12, 2]],
    ['one token', 1, 3, [2, 1]],
    ['a reach beyond the sequence', 4, 9, [9, 9]],
  ] as [string, number, number, number[]][])(
    'agree with the definition, by %s',
    (_, length, maxSpan, spans) => {
      tf.tidy(() => {
        const options = {
          maxSpan,
          smoothness: 3,
          positions: unitTensor(4, [maxSpan, 4]) as tf.Tensor2D,
        };
        const [q, k, v] = [1, 2, 3].map((seed) => unitTensor(seed, [2, length, 4]));
        const span = tf.tensor1d(spans);
        const got = adaptiveSpanAttention(q!, k!, v!, span, options);
        const want = dense(q!, k!, v!, span, options);
        expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
      });
    },
  );

  it('have the gradient of finite differences', () => {
    tf.tidy(() => {
      const [q, k, v] = [1, 2, 3].map((seed) => unitTensor(seed, [2, 7, 2]));
      const op = (positions: tf.Tensor) =>
        adaptiveSpanAttention(q!, k!, v!, tf.tensor1d([1.3, 2.4]), {
          maxSpan: 5,
          smoothness: 3,
          positions: positions as tf.Tensor2D,
        });
      const [error] = gradientErrors(op as never, [unitTensor(4, [5, 2])], [2e-2]);
      expect(error).toBeLessThan(5e-3);
    });
  });

  it('leak nothing', () => {
    const x = unitTensor(1, [1, 40, 2]);
    const [span, positions] = [tf.tensor1d([3]), unitTensor(2, [8, 2]) as tf.Tensor2D];
    expect(
      leakedTensors(() =>
        adaptiveSpanAttention(x, x, x, span, { maxSpan: 8, smoothness: 2, positions }),
      ),
    ).toBe(0);
    tf.dispose([x, span, positions]);
  });
});

describe('AdaptiveSpan with relative positions', () => {
  beforeAll(() => useBackend('cpu'));

  it('learns which distance matters, and saves it', async () => {
    // The value three tokens back. Content cannot determine it, since all keys are equal.
    const [same, value] = ['same', 'value'].map((name) => tf.input({ name, shape: [1, 12, 1] }));
    const layer = new AdaptiveSpan({
      maxSpan: 6,
      smoothness: 1,
      initialSpan: 6,
      relativePositions: true,
    });
    const output = layer.apply([same!, same!, value!]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [same!, value!], outputs: output });
    const [ones, values] = [tf.ones([4, 1, 12, 1]), unitTensor(5, [4, 1, 12, 1])];
    const later = tf.slice(values, [0, 0, 0, 0], [4, 1, 9, 1]).pad([
      [0, 0],
      [0, 0],
      [3, 0],
      [0, 0],
    ]);
    model.compile({ optimizer: tf.train.adam(1), loss: 'meanSquaredError' });
    await model.fit([ones, values], later, { epochs: 12, verbose: 0 });
    const learned = [...layer.getWeights()[1]!.dataSync()];
    expect(learned.indexOf(Math.max(...learned))).toBe(2);
    const copy = AdaptiveSpan.fromConfig(AdaptiveSpan as never, layer.getConfig()) as AdaptiveSpan;
    expect(copy.getConfig()).toEqual(layer.getConfig());
    tf.dispose([ones, values, later]);
    model.dispose();
  });
});

it('names positions of a wrong shape', () => {
  const x = tf.ones([1, 4, 2]);
  const positions = tf.ones([3, 3]) as tf.Tensor2D;
  expect(() =>
    adaptiveSpanAttention(x, x, x, tf.ones([1]), { maxSpan: 3, smoothness: 1, positions }),
  ).toThrow('adaptiveSpanAttention: positions must have shape [maxSpan, d] = [3, 2], got [3,3]');
  expect(
    () => new AdaptiveSpan({ maxSpan: 3, smoothness: 1, relativePositions: 1 as never }),
  ).toThrow('AdaptiveSpan: relativePositions must be a boolean, got 1');
});
