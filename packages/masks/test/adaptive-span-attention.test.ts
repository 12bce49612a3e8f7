import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  gradientErrors,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { BACKENDS, lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AdaptiveSpan, adaptiveSpanAttention, adaptiveSpanWeights } from '../src/index.js';

const FLOAT32 = 1e-5;

/** The definition: weights over all T² pairs, times the values. */
function dense(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  span: tf.Tensor1D,
  options: { maxSpan: number; smoothness: number },
) {
  const scores = tf.matMul(q, k, false, true) as tf.Tensor3D;
  return tf.matMul(adaptiveSpanWeights(scores, span, options), v);
}

it.skipIf(lacksWebGpu)('reads nothing back from a GPU, also in the gradients', async () => {
  await useBackend('webgpu');
  const backend = tf.backend();
  const { readSync } = backend;
  const inputs = [1, 2, 3].map((seed) => unitTensor(seed, [2, 40, 4]));
  // Computed on the device, as after a training step.
  const span = tf.tidy(() => tf.max(tf.mul(tf.ones([2, 4096]), 5), 1)) as tf.Tensor1D;
  backend.readSync = () => {
    throw new Error('read');
  };
  try {
    const grads = tf.grads((q, k, v, z) =>
      adaptiveSpanAttention(q!, k!, v!, z as tf.Tensor1D, { maxSpan: 16, smoothness: 2 }),
    )([...inputs, span]);
    tf.dispose(grads);
  } finally {
    backend.readSync = readSync;
  }
  expect(() => span.dataSync()).not.toThrow();
  tf.dispose([...inputs, span]);
});

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('matches weights times values at every length and span, with gradients', () => {
    tf.tidy(() => {
      for (const length of [1, 2, 31, 70]) {
        for (const [spans, maxSpan, smoothness] of [
          [[0, 0], 8, 0],
          [[0.5, 3.2], 8, 4],
          [[60, 2], 64, 3],
          [[500, 1], 500, 2],
        ] as [number[], number, number][]) {
          const options = { maxSpan, smoothness };
          const inputs = [
            unitTensor(1, [2, length, 4]),
            unitTensor(2, [2, length, 4]),
            unitTensor(3, [2, length, 3]),
            tf.tensor1d(spans),
          ];
          const upstream = unitTensor(5, [2, length, 3]);
          const loss =
            (op: typeof dense) =>
            (...[q, k, v, z]: tf.Tensor[]) =>
              tf.sum(tf.mul(op(q!, k!, v!, z as tf.Tensor1D, options), upstream));
          const got = tf.valueAndGrads(loss(adaptiveSpanAttention) as never)(inputs);
          const want = tf.valueAndGrads(loss(dense) as never)(inputs);
          expect(got.value.dataSync()[0]).toBeCloseTo(want.value.dataSync()[0]!, 4);
          got.grads.forEach((grad, i) => {
            expect(relativeError(grad.dataSync(), want.grads[i]!.dataSync())).toBeLessThan(FLOAT32);
          });
        }
      }
    });
  });

  it('agrees on both sides of the span at which windows exceed all pairs', () => {
    tf.tidy(() => {
      const length = 80;
      const [q, k, v] = [1, 2, 3].map((seed) => unitTensor(seed, [1, length, 2]));
      for (const z of [30, 33, 41, 79]) {
        const options = { maxSpan: 100, smoothness: 1 };
        const inputs = [q!, k!, v!, tf.tensor1d([z])];
        const loss =
          (op: typeof dense) =>
          (...[a, b, c, span]: tf.Tensor[]) =>
            tf.sum(tf.square(op(a!, b!, c!, span as tf.Tensor1D, options)));
        const got = tf.valueAndGrads(loss(adaptiveSpanAttention) as never)(inputs);
        const want = tf.valueAndGrads(loss(dense) as never)(inputs);
        expect(relativeError(got.value.dataSync(), want.value.dataSync())).toBeLessThan(FLOAT32);
        got.grads.forEach((grad, i) => {
          expect(relativeError(grad.dataSync(), want.grads[i]!.dataSync())).toBeLessThan(FLOAT32);
        });
      }
    });
  });

  it('attends to each item of a batch separately', () => {
    tf.tidy(() => {
      const [q, k, v] = [1, 2, 3].map((seed) => unitTensor(seed, [2, 3, 9, 4]));
      const span = tf.tensor1d([1, 4, 2]);
      const options = { maxSpan: 6, smoothness: 2 };
      const whole = adaptiveSpanAttention(q!, k!, v!, span, options);
      const second = [q!, k!, v!].map((t) =>
        tf.squeeze(tf.slice(t, [1, 0, 0, 0], [1, 3, 9, 4]), [0]),
      );
      const alone = adaptiveSpanAttention(second[0]!, second[1]!, second[2]!, span, options);
      const same = tf.slice(whole, [1, 0, 0, 0], [1, 3, 9, 4]);
      expect(relativeError(alone.dataSync(), same.dataSync())).toBeLessThan(FLOAT32);
    });
  });

  it('has the gradients of finite differences', () => {
    tf.tidy(() => {
      const op = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, z: tf.Tensor) =>
        adaptiveSpanAttention(q, k, v, z as tf.Tensor1D, { maxSpan: 5, smoothness: 3 });
      const inputs = [
        unitTensor(1, [2, 7, 3]),
        unitTensor(2, [2, 7, 3]),
        unitTensor(3, [2, 7, 2]),
        tf.tensor1d([1.3, 2.4]),
      ];
      for (const error of gradientErrors(op as never, inputs, [2e-2, 2e-2, 2e-2, 2e-2])) {
        expect(error).toBeLessThan(5e-3);
      }
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([1, 40, 2]);
    const span = tf.tensor1d([3]);
    expect(
      leakedTensors(() => adaptiveSpanAttention(x, x, x, span, { maxSpan: 8, smoothness: 2 })),
    ).toBe(0);
    tf.dispose([x, span]);
  });
});

describe.each(['cpu', 'wasm'] as const)('values that are not finite, on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  const length = 9;
  const options = { maxSpan: 3, smoothness: 0 };
  const at = 4;
  /** The queries at distances 1 and 2, within the span. */
  const seeing = [at + 1, at + 2];
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  /** [y, dq, dk, dv] for q, k, v and dy. Argument number `which` has a row of `value`. */
  const run = (which: number | null, value = 0) =>
    tf.tidy(() => {
      const tensors = [1, 2, 3, 4].map((seed) => {
        const rows = unitTensor(seed, [1, length, 2]).arraySync() as number[][][];
        if (seed - 1 === which) rows[0]![at]!.fill(value);
        return tf.tensor3d(rows);
      });
      const [q, k, v, dy] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const op = (...[a, b, c]: tf.Tensor[]) =>
        adaptiveSpanAttention(a!, b!, c!, tf.tensor1d([3]), options);
      const grads = tf.grads(op as never)([q, k, v], dy);
      return [op(q, k, v), ...grads].map((t) => (t.arraySync() as number[][][])[0]!);
    });
  const rowsThatDiffer = (got: number[][], want: number[][]) =>
    got.flatMap((row, t) => (row.every((x, i) => Math.abs(x - want[t]![i]!) < 1e-6) ? [] : [t]));

  it.each(odd)('a value of %f reaches the queries whose span holds it', (value) => {
    const [y, dq, dk, dv] = run(2, value);
    const [y0, dq0, dk0, dv0] = run(null);
    expect(rowsThatDiffer(y!, y0!)).toEqual(seeing);
    for (const t of seeing) expect(y![t]).toEqual([value, value]);
    expect(rowsThatDiffer(dq!, dq0!)).toEqual(seeing);
    // Only other keys of those queries change, because the softmax compares them with it.
    expect(rowsThatDiffer(dk!, dk0!).every((r) => Math.abs(r - at) <= 1)).toBe(true);
    expect(rowsThatDiffer(dv!, dv0!)).toEqual([]);
  });

  it.each(odd)('a key of %f reaches the queries whose span holds it', (value) => {
    expect(rowsThatDiffer(run(1, value)[0]!, run(null)[0]!)).toEqual(seeing);
    expect(rowsThatDiffer(run(1, value)[1]!, run(null)[1]!)).toEqual(seeing);
  });

  it.each(odd)('a gradient of %f reaches the keys and values in the span of its query', (value) => {
    const [, dq, dk, dv] = run(3, value);
    const [, dq0, dk0, dv0] = run(null);
    expect(rowsThatDiffer(dq!, dq0!)).toEqual([at]);
    for (const [got, want] of [
      [dk!, dk0!],
      [dv!, dv0!],
    ] as const) {
      expect(rowsThatDiffer(got, want)).toEqual([at - 2, at - 1]);
    }
  });
});

describe('memory use', () => {
  beforeAll(() => useBackend('cpu'));

  it.each([1, 8, 30, 33, 48, 63, 95, 200])(
    'at a span of %i no tensor is larger than T² or than the windows',
    async (z) => {
      const length = 96;
      const x = tf.ones([1, length, 2]);
      const span = tf.tensor1d([z]);
      const { kernels } = await tf.profile(() =>
        adaptiveSpanAttention(x, x, x, span, { maxSpan: 400, smoothness: 0 }),
      );
      const largest = Math.max(
        ...kernels.flatMap(({ outputShapes }) => outputShapes.map((s) => tf.util.sizeFromShape(s))),
      );
      const block = Math.max(32, z);
      const windows = Math.ceil(length / block) * block * (z + block);
      expect(largest).toBeLessThanOrEqual(Math.min(length ** 2, windows));
      tf.dispose([x, span]);
    },
  );
});

describe.each(['cpu', 'wasm'] as const)('a span that is not finite, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '(%f) throws before any work, and the next call is right',
    (bad) => {
      const [q, k, v] = [1, 2, 3].map((seed) => unitTensor(seed, [2, 40, 3]));
      const [good, broken] = [tf.tensor1d([3, 5]), tf.tensor1d([3, bad])];
      const options = { maxSpan: 16, smoothness: 2 };
      const before = tf.memory().numTensors;
      expect(() => adaptiveSpanAttention(q!, k!, v!, broken, options)).toThrow(
        `adaptiveSpanAttention: span must be finite, got [3, ${bad}]`,
      );
      expect(tf.memory().numTensors).toBe(before);
      tf.tidy(() => {
        const got = adaptiveSpanAttention(q!, k!, v!, good, options);
        const want = dense(q!, k!, v!, good, options);
        expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
      });
      tf.dispose([q!, k!, v!, good, broken]);
    },
  );
});

describe('AdaptiveSpan', () => {
  beforeAll(() => useBackend('wasm'));
  const golden = readGolden<{
    params: { lam: number; z: number[] };
    grads: { penaltyValue: number; penaltyGradZ: GoldenTensor };
  }>(new URL('fixtures/span_attention.json', import.meta.url)).cases[1]!;

  const built = (config: ConstructorParameters<typeof AdaptiveSpan>[0]) => {
    const inputs = [0, 1, 2].map(() => tf.input({ shape: [2, 8, 4] }));
    const layer = new AdaptiveSpan(config);
    const model = tf.model({ inputs, outputs: layer.apply(inputs) as tf.SymbolicTensor });
    return { layer, model };
  };

  it('matches the golden penalty and its gradient', () => {
    const { lam, z } = golden.params;
    const { layer, model } = built({ maxSpan: 5, smoothness: 3, penalty: lam });
    layer.setWeights([tf.tensor1d(z)]);
    tf.tidy(() => {
      const variable = layer.trainableWeights[0]!.read() as tf.Variable;
      const penalty = () => tf.addN(model.calculateLosses()) as tf.Scalar;
      const { value, grads } = tf.variableGrads(penalty, [variable]);
      expect(value.dataSync()[0]).toBeCloseTo(golden.grads.penaltyValue, 6);
      const slope = grads[variable.name]!.dataSync();
      expect(relativeError(slope, golden.grads.penaltyGradZ.data)).toBeLessThan(FLOAT32);
    });
    model.dispose();
  });

  it('learns how far each head has to look', async () => {
    // Head 0 must fetch the value five tokens back, head 1 the previous one.
    const length = 24;
    const { layer, model } = (() => {
      const inputs = [0, 1, 2].map(() => tf.input({ shape: [2, length, 1] }));
      const made = new AdaptiveSpan({ maxSpan: 12, smoothness: 2, initialSpan: 1, penalty: 0.02 });
      return {
        layer: made,
        model: tf.model({ inputs, outputs: made.apply(inputs) as tf.SymbolicTensor }),
      };
    })();
    const signal = unitTensor(3, [4, 1, length, 1]);
    const values = tf.tile(signal, [1, 2, 1, 1]);
    const shifted = (by: number) =>
      tf.pad(tf.slice(signal, [0, 0, 0, 0], [4, 1, length - by, 1]), [
        [0, 0],
        [0, 0],
        [by, 0],
        [0, 0],
      ]);
    // The best mean over a window reaches exactly as far as the mean over five.
    const fiveBack = tf.div(tf.addN([1, 2, 3, 4, 5].map(shifted)), 5);
    const target = tf.concat([fiveBack, shifted(1)], 1);
    const none = tf.zeros([4, 2, length, 1]);
    model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
    await model.fit([none, none, values], target, { epochs: 150, verbose: 0 });
    const [far, near] = layer.spans as [number, number];
    expect(far).toBeGreaterThan(near + 2);
    expect(near).toBeLessThan(1);
    model.dispose();
    tf.dispose([signal, values, fiveBack, target, none]);
  });

  it('saves and loads', async () => {
    const { model } = built({ maxSpan: 5, smoothness: 3, initialSpan: 2 });
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const copy = await tf.loadLayersModel(
      tf.io.fromMemory({
        ...saved!,
        modelTopology: JSON.parse(JSON.stringify(saved!.modelTopology)),
      }),
    );
    tf.tidy(() => {
      const x = [1, 2, 3].map((seed) => unitTensor(seed, [1, 2, 8, 4]));
      const [a, b] = [model, copy].map((m) => (m.predict(x) as tf.Tensor).dataSync());
      expect(relativeError(b!, a!)).toBe(0);
    });
    model.dispose();
    copy.dispose();
  });
});

describe('bad input', () => {
  const options = { maxSpan: 3, smoothness: 2 };
  it.each([
    [
      () =>
        adaptiveSpanAttention(
          tf.ones([1, 4, 2]),
          tf.ones([1, 4, 3]),
          tf.ones([1, 4, 2]),
          tf.ones([1]),
          options,
        ),
      'adaptiveSpanAttention: q, k and v must have shapes',
    ],
    [
      () => {
        const empty = tf.zeros([1, 0, 2]);
        return adaptiveSpanAttention(empty, empty, empty, tf.ones([1]), options);
      },
      'adaptiveSpanAttention: q must have no empty axis',
    ],
    [
      () => new AdaptiveSpan({ maxSpan: 0, smoothness: 1 }),
      'AdaptiveSpan: maxSpan must be an integer >= 1, got 0',
    ],
    [
      () => new AdaptiveSpan({ ...options, initialSpan: 4 }),
      'AdaptiveSpan: initialSpan must be in 0 … 3, got 4',
    ],
    [
      () => new AdaptiveSpan({ ...options, initialSpan: -1 }),
      'AdaptiveSpan: initialSpan must be a finite number >= 0, got -1',
    ],
    [
      () => new AdaptiveSpan({ ...options, initialSpan: Number.NaN }),
      'AdaptiveSpan: initialSpan must be a finite number >= 0, got NaN',
    ],
    [
      () => new AdaptiveSpan({ ...options, penalty: -1 }),
      'AdaptiveSpan: penalty must be a finite number >= 0, got -1',
    ],
    [
      () =>
        new AdaptiveSpan(options).apply([
          tf.ones([1, 2, 4]),
          tf.ones([1, 2, 4]),
          tf.ones([1, 2, 4]),
        ]),
      'AdaptiveSpan: inputs must be q, k and v of shape [batch, heads, T, d]',
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
