import { useBackend } from '@ds/backend';
import {
  gradientErrors,
  leakedTensors,
  readGolden,
  relativeError,
  type TransformGolden,
  transformError,
  unitPairs,
  unitSequence,
  unitTensor,
} from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { irfft, type Norm, rfft } from '../src/index.js';

/** Tolerance of float32 inputs and outputs around a float64 transform. */
const FLOAT32 = 2e-6;

interface FftCase {
  case: string;
  params: { n: number; seed: number };
  input: number[] | { re: number[]; im: number[] } | null;
  output: TransformGolden;
}
const goldens = readGolden<FftCase>(new URL('fixtures/fft.json', import.meta.url)).cases;

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))('%s is the golden', (name, golden) => {
    tf.tidy(() => {
      if (name.startsWith('rfft')) {
        const { real, imag } = rfft(
          tf.tensor1d(
            (golden.input as number[]) ??
              Array.from(unitSequence(golden.params.seed, golden.params.n)),
          ),
        );
        const error = transformError(real.dataSync(), imag.dataSync(), golden.output);
        expect(error).toBeLessThan(FLOAT32);
      } else {
        const { n, seed } = golden.params;
        const { re, im } =
          (golden.input as { re: number[]; im: number[] }) ??
          unitPairs(seed, Math.floor(n / 2) + 1);
        const got = irfft({ real: tf.tensor1d(re), imag: tf.tensor1d(im) }, { length: n });
        expect(transformError(got.dataSync(), null, golden.output)).toBeLessThan(FLOAT32);
      }
    });
  });

  it.each(['backward', 'ortho', 'forward'] as Norm[])('round-trips under %s', (norm) => {
    tf.tidy(() => {
      for (const n of [1, 2, 5, 8, 13]) {
        const x = unitTensor(n, [3, n]);
        const back = irfft(rfft(x, { norm }), { length: n, norm });
        expect(relativeError(back.dataSync(), x.dataSync())).toBeLessThan(FLOAT32);
      }
    });
  });

  it('has the scale factors of numpy', () => {
    tf.tidy(() => {
      const x = tf.ones([4]);
      const dc = (norm: Norm) => rfft(x, { norm }).real.dataSync()[0];
      expect([dc('backward'), dc('ortho'), dc('forward')]).toEqual([4, 2, 1]);
    });
  });

  it('does not overflow where only the unscaled sum would', () => {
    tf.tidy(() => {
      const n = 64;
      const large = tf.fill([n], 3e37);
      const flat = { real: tf.oneHot([0], 33) as tf.Tensor, imag: tf.zeros([1, 33]) };
      const spectrum = { real: tf.mul(flat.real, 3e38), imag: flat.imag };
      for (const [norm, want] of [
        ['forward', 3e37],
        ['ortho', 2.4e38],
      ] as [Norm, number][]) {
        const { real, imag } = rfft(large, { norm });
        const bins = Array.from({ length: 33 }, (_, k) => (k === 0 ? want : 0));
        expect(relativeError(real.dataSync(), bins)).toBeLessThan(FLOAT32);
        expect(imag.dataSync().every((v) => Math.abs(v) < want * FLOAT32)).toBe(true);
        const slope = tf.grad((x) => rfft(x, { norm }).real)(tf.zeros([n]), tf.fill([33], 1e37));
        expect(slope.dataSync().every(Number.isFinite)).toBe(true);
      }
      for (const [norm, want] of [
        ['backward', 3e38 / n],
        ['ortho', 3e38 / 8],
        ['forward', 3e38],
      ] as [Norm, number][]) {
        const back = irfft(spectrum, { norm }).dataSync();
        expect(relativeError(back, new Array(n).fill(want))).toBeLessThan(FLOAT32);
      }
      // Every bin but the first and the last counts twice, and 2·2e38 is beyond float32.
      const all = irfft({ real: tf.fill([33], 2e38), imag: tf.zeros([33]) }).dataSync();
      expect(relativeError(all, [2e38, ...new Array(n - 1).fill(0)])).toBeLessThan(FLOAT32);
    });
  });

  it('has exact adjoints as gradients', () => {
    tf.tidy(() => {
      for (const n of [1, 2, 5, 6, 8]) {
        const bins = Math.floor(n / 2) + 1;
        const x = unitTensor(n, [2, n]);
        const re = unitTensor(n + 50, [2, bins]);
        const im = unitTensor(n + 90, [2, bins]);
        const forward = gradientErrors(
          (signal) => {
            const { real, imag } = rfft(signal, { norm: 'ortho' });
            return tf.concat([real, imag], 1);
          },
          [x],
          [0.5],
        );
        const inverse = gradientErrors(
          (real, imag) => irfft({ real: real!, imag: imag! }, { length: n }),
          [re, im],
          [0.5, 0.5],
        );
        for (const error of [...forward, ...inverse]) expect(error).toBeLessThan(1e-5);
      }
    });
  });

  it('can be differentiated twice', () => {
    tf.tidy(() => {
      // f(x) = Σ (Re X)². Its gradient is linear in x, so grad(Σ grad) is constant.
      const energy = (x: tf.Tensor) => tf.sum(tf.square(rfft(x).real)) as tf.Scalar;
      const twice = tf.grad((x) => tf.sum(tf.grad(energy)(x)));
      const a = twice(tf.tensor1d([1, 2, 3, 4, 5])).dataSync();
      const b = twice(tf.tensor1d([0, 0, 7, 0, 0])).dataSync();
      expect(relativeError(a, b)).toBeLessThan(FLOAT32);
      expect(Math.hypot(...a)).toBeGreaterThan(1);
    });
  });

  it('truncates and zero-pads like numpy', () => {
    tf.tidy(() => {
      const s = { real: tf.tensor1d([3, 1, 2]), imag: tf.tensor1d([0, 1, 0]) };
      // numpy.fft.irfft([3, 1+1j, 2], n): n = 4 keeps all bins, n = 3 keeps two, n = 6 adds a zero.
      const at = (length?: number) =>
        [...irfft(s, { length }).dataSync()].map((v) => +v.toFixed(5));
      expect(at()).toEqual([1.75, -0.25, 0.75, 0.75]);
      expect(at(3)).toEqual([1.66667, 0.08932, 1.24402]);
      expect(at(6)).toHaveLength(6);
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([2, 6]);
    expect(leakedTensors(() => ({ ...rfft(x) }))).toBe(0);
    const s = rfft(x);
    expect(leakedTensors(() => irfft(s))).toBe(0);
    tf.dispose([x, s.real, s.imag]);
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));

  it.each([
    ['rank 0', () => rfft(tf.scalar(1)), 'rfft: x must have rank >= 1, got shape []'],
    ['int32', () => rfft(tf.tensor1d([1], 'int32')), 'rfft: x must be float32, got int32'],
    ['an empty axis', () => rfft(tf.zeros([2, 0])), 'rfft: x must have no empty axis'],
    [
      'an unknown norm',
      () => rfft(tf.ones([2]), { norm: 'orthogonal' as Norm }),
      "rfft: norm must be 'backward', 'ortho' or 'forward', got \"orthogonal\"",
    ],
    [
      'a longer axis than the transforms take',
      () => rfft(tf.zeros([2 ** 24 + 2])),
      'rfft: the last axis of x must be an integer in 1 … 16777216, got 16777218',
    ],
    [
      'an unknown norm of the inverse',
      () => irfft({ real: tf.ones([2]), imag: tf.ones([2]) }, { norm: null as unknown as Norm }),
      "irfft: norm must be 'backward', 'ortho' or 'forward', got null",
    ],
    [
      'parts of two shapes',
      () => irfft({ real: tf.ones([3]), imag: tf.ones([2]) }),
      'irfft: real and imag must have one shape, got [3] and [2]',
    ],
    [
      'a single bin without a length',
      () => irfft({ real: tf.ones([1]), imag: tf.ones([1]) }),
      'irfft: length must be an integer >= 1, got 0',
    ],
  ])('%s is an error that names the argument', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
