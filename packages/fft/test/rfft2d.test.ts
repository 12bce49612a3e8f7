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
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { asMatrix, byFactors, type DftKind, dft } from '../src/dft.js';
import { irfft2d, rfft, rfft2d } from '../src/index.js';

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

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('does not overflow where only the unscaled sum would', () => {
    tf.tidy(() => {
      const [h, w] = [16, 12];
      const first = (value: number, size: number) => [value, ...new Array(size - 1).fill(0)];
      const near = (got: tf.Tensor, want: number[]) =>
        expect(relativeError(got.dataSync(), want)).toBeLessThan(FLOAT32);
      const large = tf.fill([h, w], 3e37);
      near(rfft2d(large, { norm: 'forward' }).real, first(3e37, h * 7));
      near(rfft2d(tf.fill([h, w], 2e37), { norm: 'ortho' }).real, first(2e37 * 192 ** 0.5, h * 7));
      const spectrum = { real: tf.fill([h, 7], 2e38), imag: tf.zeros([h, 7]) };
      near(irfft2d(spectrum), first(2e38, h * w));
      const slope = (norm: 'ortho' | 'forward') =>
        tf
          .grad((x) => rfft2d(x, { norm }).real)(large, tf.fill([h, 7], 1e37))
          .dataSync();
      expect([...slope('forward'), ...slope('ortho')].every(Number.isFinite)).toBe(true);
    });
  });

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
          const got = irfft2d(pair(input), { outputSize: [h, w] });
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
            inner(irfft2d({ real: a, imag: b }, { outputSize: [h, w] }), up),
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
      expect(relativeError(one.dataSync(), same.dataSync())).toBeLessThan(
        // A GPU backend chooses its program by size, and with it the order of summation.
        backend === 'webgpu' ? FLOAT32 : 1e-7,
      );
    });
  });

  it('equals a matrix product, which backends without synchronous reads use', () => {
    tf.tidy(() => {
      for (const n of [1, 2, 5, 8, 31]) {
        for (const kind of ['real', 'realAdjoint', 'complex', 'complexAdjoint'] as const) {
          const bins = Math.floor(n / 2) + 1;
          const width = kind === 'real' ? n : kind === 'realAdjoint' ? 2 * bins : 2 * n;
          const x = unitTensor(n, [2, width]);
          const want = [...(x.arraySync() as number[][])].flatMap((row) =>
            definition(row, kind, n),
          );
          for (const map of [asMatrix, byFactors]) {
            expect(relativeError(map(x, kind, n).dataSync(), want)).toBeLessThan(FLOAT32);
          }
        }
      }
    });
  });

  // 260 and 1300 have small factors. 1031 is prime, and 2062 is twice 1031.
  it.each([260, 1300, 1031, 2062])('computes long transforms by shorter ones: %i', (n) => {
    tf.tidy(() => {
      for (const kind of ['real', 'realAdjoint', 'complex', 'complexAdjoint'] as const) {
        const bins = Math.floor(n / 2) + 1;
        const width = kind === 'real' ? n : kind === 'realAdjoint' ? 2 * bins : 2 * n;
        const x = unitTensor(n, [1, width]);
        const want = definition([...x.dataSync()], kind, n);
        expect(relativeError(byFactors(x, kind, n).dataSync(), want)).toBeLessThan(FLOAT32);
      }
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([3, 4, 5]);
    const s = rfft2d(x);
    expect(leakedTensors(() => ({ ...rfft2d(x) }))).toBe(0);
    expect(leakedTensors(() => irfft2d(s, { outputSize: [4, 5] }))).toBe(0);
    tf.dispose([x, s.real, s.imag]);
  });
});

/** The maps by their defining sums, in float64. */
function definition(x: number[], kind: DftKind, n: number): number[] {
  const bins = Math.floor(n / 2) + 1;
  const half = x.length / 2;
  const isReal = kind === 'real';
  const outputs = kind === 'real' ? bins : n;
  const sign = kind === 'real' || kind === 'complex' ? -1 : 1;
  const [re, im]: number[][] = [[], []];
  for (let k = 0; k < outputs; k++) {
    let [sumR, sumI] = [0, 0];
    for (let t = 0; t < (isReal ? n : half); t++) {
      const angle = (sign * 2 * Math.PI * ((k * t) % n)) / n;
      const [a, b] = [x[t]!, isReal ? 0 : x[half + t]!];
      sumR += a * Math.cos(angle) - b * Math.sin(angle);
      sumI += a * Math.sin(angle) + b * Math.cos(angle);
    }
    re!.push(sumR);
    im!.push(sumI);
  }
  return kind === 'realAdjoint' ? re! : [...re!, ...im!];
}

describe('transforms on a GPU', () => {
  beforeAll(() => useBackend('cpu'));

  it('are accurate above 1,024 values, with the exact adjoint as their gradient', () => {
    tf.tidy(() => {
      const x = unitTensor(1, [1, 1500]);
      const y = unitTensor(2, [1, 1502]);
      const image = dft(x, 'real', 1500);
      const back = tf.grad((z) => tf.sum(tf.mul(dft(z, 'real', 1500), y)))(x);
      const inner = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;
      expect(inner(image, y) / inner(x, back)).toBeCloseTo(1, 4);
      const want = rfft(x);
      const off = tf
        .max(tf.abs(tf.sub(image, tf.concat([want.real, want.imag], 1))))
        .dataSync()[0]!;
      expect(off).toBeLessThan(2e-3);
    });
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));

  it.each([
    ['rank 1', () => rfft2d(tf.ones([4])), 'rfft2d: x must have rank >= 2, got shape [4]'],
    [
      'a size of zero',
      () => irfft2d({ real: tf.ones([2, 2]), imag: tf.ones([2, 2]) }, { outputSize: [2, 0] }),
      'irfft2d: outputSize[1] must be an integer >= 1, got 0',
    ],
  ])('%s is an error that names the argument', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
