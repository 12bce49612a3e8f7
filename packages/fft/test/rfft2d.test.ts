import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  leakedTensors,
  readGolden,
  relativeError,
  type TransformGolden,
  transformError,
  unitPairs,
  unitTensor,
} from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { asMatrix, dft } from '../src/dft.js';
import { irfft2d, rfft2d } from '../src/index.js';

const FLOAT32 = 2e-6;

interface ComplexTensor {
  shape: number[];
  re: number[];
  im: number[];
}
interface Fft2Case {
  case: string;
  params: { h: number; w: number; seed: number };
  input: GoldenTensor | ComplexTensor | null;
  output: TransformGolden & { shape: number[] };
  upstream: GoldenTensor | ComplexTensor;
  grads: Record<string, GoldenTensor & ComplexTensor>;
}
const read = (file: string) =>
  readGolden<Fft2Case>(new URL(`fixtures/${file}`, import.meta.url)).cases;

const real = (t: GoldenTensor | ComplexTensor) => tf.tensor((t as GoldenTensor).data, t.shape);
const pair = (t: GoldenTensor | ComplexTensor) => ({
  real: tf.tensor((t as ComplexTensor).re, t.shape),
  imag: tf.tensor((t as ComplexTensor).im, t.shape),
});
const flat = (t: GoldenTensor | ComplexTensor) => ('data' in t ? t.data : [...t.re, ...t.im]);

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(read('fft2.json').map((c) => [c.case, c] as const))(
    '%s is the golden',
    (name, golden) => {
      tf.tidy(() => {
        const { h, w, seed } = golden.params;
        const bins = Math.floor(w / 2) + 1;
        if (name.startsWith('rfft2')) {
          const got = rfft2d(golden.input ? real(golden.input) : unitTensor(seed, [h, w]));
          expect(got.real.shape).toEqual(golden.output.shape);
          const error = transformError(got.real.dataSync(), got.imag.dataSync(), golden.output);
          expect(error).toBeLessThan(FLOAT32);
        } else {
          const input = golden.input ?? { shape: [h, bins], ...unitPairs(seed, h * bins) };
          const got = irfft2d(pair(input), { size: [h, w] });
          expect(transformError(got.dataSync(), null, golden.output)).toBeLessThan(FLOAT32);
        }
      });
    },
  );

  it.each(read('fft2_grads.json').map((c) => [c.case, c] as const))(
    '%s: output and gradients are the golden',
    (name, golden) => {
      const { h, w } = golden.params;
      tf.tidy(() => {
        const inner = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)) as tf.Scalar;
        if (name.startsWith('rfft2')) {
          const up = pair(golden.upstream);
          const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => {
            const s = rfft2d(x);
            return tf.add(inner(s.real, up.real), inner(s.imag, up.imag)) as tf.Scalar;
          })(real(golden.input!));
          expect(Number.isFinite(value.dataSync()[0])).toBe(true);
          expect(relativeError(grad.dataSync(), golden.grads.input!.data)).toBeLessThan(FLOAT32);
        } else {
          const up = real(golden.upstream);
          const { real: re, imag: im } = pair(golden.input!);
          const [gre, gim] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
            inner(irfft2d({ real: a, imag: b }, { size: [h, w] }), up),
          )([re, im]);
          const got = [...gre!.dataSync(), ...gim!.dataSync()];
          expect(relativeError(got, flat(golden.grads.input!))).toBeLessThan(FLOAT32);
        }
      });
    },
  );

  it('works on every plane of a batch', () => {
    tf.tidy(() => {
      const x = unitTensor(3, [2, 3, 5, 7]);
      const whole = rfft2d(x).imag;
      const one = rfft2d(tf.slice(x, [1, 2, 0, 0], [1, 1, 5, 7])).imag;
      const same = tf.slice(whole, [1, 2, 0, 0], [1, 1, 5, 4]);
      expect(relativeError(one.dataSync(), same.dataSync())).toBeLessThan(1e-7);
    });
  });

  it('computes the same as a matrix product, the way of backends that are not read back', () => {
    tf.tidy(() => {
      for (const n of [1, 2, 5, 8, 31]) {
        for (const kind of ['real', 'realAdjoint', 'complex', 'complexAdjoint'] as const) {
          const bins = Math.floor(n / 2) + 1;
          const width = kind === 'real' ? n : kind === 'realAdjoint' ? 2 * bins : 2 * n;
          const x = unitTensor(n, [2, width]);
          const product = asMatrix(x, kind, n);
          expect(relativeError(product.dataSync(), dft(x, kind, n).dataSync())).toBeLessThan(
            FLOAT32,
          );
        }
      }
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([3, 4, 5]);
    const s = rfft2d(x);
    expect(leakedTensors(() => ({ ...rfft2d(x) }))).toBe(0);
    expect(leakedTensors(() => irfft2d(s, { size: [4, 5] }))).toBe(0);
    tf.dispose([x, s.real, s.imag]);
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));

  it.each([
    ['rank 1', () => rfft2d(tf.ones([4])), 'rfft2d: x must have rank >= 2, got shape [4]'],
    [
      'a size of zero',
      () => irfft2d({ real: tf.ones([2, 2]), imag: tf.ones([2, 2]) }, { size: [2, 0] }),
      'irfft2d: size[1] (width) must be an integer >= 1, got 0',
    ],
  ])('%s is an error that names the argument', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
