import { useBackend } from '@ds/backend';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { irfft, irfft2d, type Norm, rfft, rfft2d } from '../src/index.js';
import { RealFft, RealFft2d } from '../src/plan.js';

const signal = (n: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n, maxLength: n });
/** A length, with one or two signals of that length. */
const signals = fc
  .integer({ min: 1, max: 200 })
  .chain((n) => fc.tuple(signal(n), signal(n), fc.integer({ min: 0, max: n - 1 })));
const planes = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 15 }))
  .chain(([h, w]) => fc.tuple(fc.constant(h), fc.constant(w), signal(h * w)));
const norms = fc.constantFrom<Norm>('backward', 'ortho', 'forward');

const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(tolerance);
};

describe('RealFft', () => {
  it('is linear', () => {
    fc.assert(
      fc.property(signals, fc.double({ min: -3, max: 3, noNaN: true }), ([x, y], c) => {
        const plan = new RealFft(x.length);
        const [fx, fy] = [plan.forward(x), plan.forward(y)];
        const sum = plan.forward(x.map((v, t) => v + c * y[t]!));
        near(
          sum.real,
          fx.real.map((v, k) => v + c * fy.real[k]!),
          1e-11,
        );
        near(
          sum.imag,
          fx.imag.map((v, k) => v + c * fy.imag[k]!),
          1e-11,
        );
      }),
    );
  });

  it('turns shifts into phases', () => {
    fc.assert(
      fc.property(signals, ([x, , s]) => {
        const n = x.length;
        const plan = new RealFft(n);
        const { real, imag } = plan.forward(x);
        const shifted = plan.forward(x.map((_, t) => x[(t - s + n) % n]!));
        const phase = (k: number) => (-2 * Math.PI * ((k * s) % n)) / n;
        near(
          shifted.real,
          real.map((v, k) => v * Math.cos(phase(k)) - imag[k]! * Math.sin(phase(k))),
          1e-11,
        );
        near(
          shifted.imag,
          imag.map((v, k) => v * Math.cos(phase(k)) + real[k]! * Math.sin(phase(k))),
          1e-11,
        );
      }),
    );
  });

  it('maps time reversal to conjugation', () => {
    fc.assert(
      fc.property(signals, ([x]) => {
        const plan = new RealFft(x.length);
        const { real, imag } = plan.forward(x);
        const reversed = plan.forward(x.map((_, t) => x[(x.length - t) % x.length]!));
        near(reversed.real, real, 1e-11);
        near(
          reversed.imag,
          imag.map((v) => -v),
          1e-11,
        );
      }),
    );
  });

  it('round-trips, and gives the same for rows, columns and float32', () => {
    fc.assert(
      fc.property(signals, ([x, y]) => {
        const n = x.length;
        const plan = new RealFft(n);
        near(plan.inverse(plan.forward(x)), x, 1e-13);
        const [fx, fy] = [plan.forward(x), plan.forward(y)];
        const rows = plan.forwardRows(Float64Array.of(...x, ...y), { count: 2 });
        expect([...rows.real]).toEqual([...fx.real, ...fy.real]);
        const woven = Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 ? y : x)[i >> 1]!);
        const columns = plan.forwardRows(woven, { count: 2, stride: 2, distance: 1 });
        expect([...columns.imag]).toEqual([...fx.imag, ...fy.imag]);
        const back = plan.inverseRows(
          columns,
          { count: 2, stride: 2, distance: 1 },
          new Float64Array(2 * n),
        );
        near(back, woven, 1e-13);
        const single = { real: new Float32Array(plan.bins), imag: new Float32Array(plan.bins) };
        expect(plan.forward(x, single)).toBe(single);
        expect([...single.real]).toEqual([...Float32Array.from(fx.real)]);
      }),
    );
  });
});

describe('RealFft2d', () => {
  it('equals two 1-D passes, and round-trips', () => {
    fc.assert(
      fc.property(planes, ([h, w, x]) => {
        const plan = new RealFft2d(h, w);
        const { real, imag } = plan.forward(x);
        const rows = new RealFft(w).forwardRows(x, { count: h });
        for (let l = 0; l < plan.bins; l++) {
          for (let k = 0; k < h; k++) {
            let [re, im] = [0, 0];
            for (let p = 0; p < h; p++) {
              const angle = (-2 * Math.PI * ((k * p) % h)) / h;
              const [a, b] = [rows.real[p * plan.bins + l]!, rows.imag[p * plan.bins + l]!];
              re += a * Math.cos(angle) - b * Math.sin(angle);
              im += a * Math.sin(angle) + b * Math.cos(angle);
            }
            expect(Math.abs(real[k * plan.bins + l]! - re)).toBeLessThan(1e-11);
            expect(Math.abs(imag[k * plan.bins + l]! - im)).toBeLessThan(1e-11);
          }
        }
        near(plan.inverse({ real, imag }), x, 1e-13);
        const twice = plan.forward(Float32Array.of(...x, ...x));
        near(twice.real.subarray(real.length), plan.forward(Float32Array.from(x)).real, 1e-15);
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(BACKENDS)('tensors on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  const inner = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;

  it('conserve energy under each norm (Parseval)', () => {
    fc.assert(
      fc.property(planes, norms, ([h, w, x], norm) => {
        tf.tidy(() => {
          const { real, imag } = rfft2d(tf.tensor(x, [h, w]), { norm });
          const bins = real.shape[1]!;
          const copies = Array.from({ length: bins }, (_, l) => (l === 0 || 2 * l === w ? 1 : 2));
          const energy = inner(tf.add(tf.square(real), tf.square(imag)), tf.tensor1d(copies));
          const scale = { backward: h * w, ortho: 1, forward: 1 / (h * w) }[norm];
          const own = x.reduce((sum, v) => sum + v * v, 0);
          expect(energy / scale).toBeCloseTo(own, 3);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('have exact adjoints as gradients: <Ax, y> = <x, Aᵀy>', () => {
    fc.assert(
      fc.property(planes, norms, fc.integer({ min: 1, max: 9 }), ([h, w, x], norm, seed) => {
        tf.tidy(() => {
          const plane = tf.tensor(x, [h, w]);
          const bins = Math.floor(w / 2) + 1;
          const draw = (i: number) => tf.randomUniform([h, bins], -1, 1, 'float32', 10 * seed + i);
          const [u, v] = [draw(0), draw(1)];
          const pairing = (z: tf.Tensor) => {
            const { real, imag } = rfft2d(z, { norm });
            return tf.add(tf.sum(tf.mul(real, u)), tf.sum(tf.mul(imag, v))) as tf.Scalar;
          };
          const scale =
            1 +
            tf.norm(plane).dataSync()[0]! *
              Math.hypot(tf.norm(u).dataSync()[0]!, tf.norm(v).dataSync()[0]!) *
              (norm === 'backward' ? Math.sqrt(h * w) : 1);
          expect(
            Math.abs(pairing(plane).dataSync()[0]! - inner(plane, tf.grad(pairing)(plane))) / scale,
          ).toBeLessThan(1e-5);
          const back = (re: tf.Tensor, im: tf.Tensor) =>
            tf.sum(
              tf.mul(irfft2d({ real: re, imag: im }, { outputSize: [h, w], norm }), plane),
            ) as tf.Scalar;
          const [gu, gv] = tf.grads(back)([u, v]) as [tf.Tensor, tf.Tensor];
          expect(
            Math.abs(back(u, v).dataSync()[0]! - inner(u, gu) - inner(v, gv)) / scale,
          ).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('are truncated and zero-padded by length', () => {
    fc.assert(
      fc.property(signals, fc.integer({ min: 1, max: 60 }), ([x], length) => {
        tf.tidy(() => {
          const { real, imag } = rfft(tf.tensor1d(x));
          const bins = Math.floor(length / 2) + 1;
          const fitted = (part: tf.Tensor) => {
            const values = [...part.dataSync()];
            return Float32Array.from({ length: bins }, (_, k) => values[k] ?? 0);
          };
          const want = new RealFft(length).inverse({ real: fitted(real), imag: fitted(imag) });
          near(irfft({ real, imag }, { length }).dataSync(), want, 1e-4);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('are within 3e-7·sqrt(log2 n) of float64', () => {
    for (const n of [2, 3, 16, 97, 256, 1000, 4099, 16_384]) {
      tf.tidy(() => {
        const x = tf.randomUniform([n], -1, 1, 'float32', n);
        const want = new RealFft(n).forward(x.dataSync());
        const { real, imag } = rfft(x);
        const got = [...real.dataSync(), ...imag.dataSync()];
        const all = [...want.real, ...want.imag];
        const error = Math.hypot(...got.map((v, i) => v - all[i]!)) / Math.hypot(...all);
        expect(error).toBeLessThan(3e-7 * Math.sqrt(Math.log2(n)));
      });
    }
  });

  it('propagate NaN and infinity', () => {
    tf.tidy(() => {
      const { real } = rfft2d(
        tf.tensor2d([
          [1, Number.NaN],
          [0, 1],
        ]),
      );
      expect([...real.dataSync()].every(Number.isNaN)).toBe(true);
    });
  });
});
