import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS, HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { irfft, irfft2d, irfftn, rfft, rfft2d, rfftn } from '../src/index.js';

const FLOAT32 = 2e-6;

/** The half-spectrum of one volume by its defining sum, in float64. */
function bySums(x: ArrayLike<number>, [D, H, W]: number[]): { real: number[]; imag: number[] } {
  const out = { real: [] as number[], imag: [] as number[] };
  for (let j = 0; j < D!; j++)
    for (let k = 0; k < H!; k++)
      for (let l = 0; l <= W! / 2; l++) {
        let [re, im] = [0, 0];
        for (let o = 0; o < D!; o++)
          for (let p = 0; p < H!; p++)
            for (let q = 0; q < W!; q++) {
              const angle = -2 * Math.PI * ((j * o) / D! + (k * p) / H! + (l * q) / W!);
              const value = x[(o * H! + p) * W! + q]!;
              re += value * Math.cos(angle);
              im += value * Math.sin(angle);
            }
        out.real.push(re);
        out.imag.push(im);
      }
  return out;
}

const near = (got: tf.Tensor, want: ArrayLike<number>) =>
  expect(relativeError(got.dataSync(), want)).toBeLessThan(FLOAT32);

describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const sizes = [
    [1, 1, 1],
    [2, 1, 3],
    [1, 5, 2],
    [3, 4, 5],
    [4, 3, 6],
    [7, 2, 1],
  ];
  it.each(sizes.map((size) => [size.join('×'), size] as const))(
    'over three axes of %s is the sum, and comes back',
    (_, size) => {
      tf.tidy(() => {
        const x = unitTensor(7, [2, ...size]);
        const [first, second] = tf.unstack(x).map((one) => bySums(one.dataSync(), size));
        const count = size.reduce((product, n) => product * n, 1);
        for (const [norm, factor] of [
          ['backward', 1],
          ['ortho', 1 / Math.sqrt(count)],
          ['forward', 1 / count],
        ] as const) {
          const got = rfftn(x, { norm });
          expect(got.real.shape).toEqual([2, size[0], size[1], Math.floor(size[2]! / 2) + 1]);
          near(
            got.real,
            [...first!.real, ...second!.real].map((value) => factor * value),
          );
          const imag = [...first!.imag, ...second!.imag].map((value) => factor * value);
          const off = tf.max(tf.abs(tf.sub(got.imag, tf.tensor(imag, got.imag.shape))));
          expect(off.dataSync()[0]).toBeLessThan(1e-5);
          near(irfftn(got, { outputSize: size, norm }), x.dataSync());
        }
      });
    },
  );

  it('is rfft over one axis and rfft2d over two', () => {
    tf.tidy(() => {
      const x = unitTensor(3, [2, 3, 5]);
      const options = { norm: 'ortho' } as const;
      near(rfftn(x, { ...options, axes: 1 }).imag, rfft(x, options).imag.dataSync());
      near(rfftn(x, { ...options, axes: 2 }).imag, rfft2d(x, options).imag.dataSync());
      const half = { real: unitTensor(4, [2, 3, 4]), imag: unitTensor(5, [2, 3, 4]) };
      near(irfftn(half, { axes: 1, outputSize: [7] }), irfft(half, { length: 7 }).dataSync());
      near(irfftn(half, { axes: 2 }), irfft2d(half).dataSync());
    });
  });

  it('has the gradients of central differences', () => {
    tf.tidy(() => {
      const forward = (x: tf.Tensor) => {
        const { real, imag } = rfftn(x);
        return tf.concat([real, tf.mul(imag, 0.5)]);
      };
      expect(gradientErrors(forward, [unitTensor(1, [3, 2, 3])], [1])[0]).toBeLessThan(1e-5);
      const backward = (real: tf.Tensor, imag: tf.Tensor) =>
        irfftn({ real, imag }, { outputSize: [3, 2, 4] });
      const half = [unitTensor(2, [3, 2, 3]), unitTensor(3, [3, 2, 3])];
      for (const error of gradientErrors(backward, half, [1, 1])) {
        expect(error).toBeLessThan(1e-5);
      }
    });
  });

  it('cuts surplus slices, and fills missing ones with zeros', () => {
    tf.tidy(() => {
      const half = { real: unitTensor(2, [3, 2, 3]), imag: unitTensor(3, [3, 2, 3]) };
      const map = (change: (x: tf.Tensor) => tf.Tensor) => ({
        real: change(half.real),
        imag: change(half.imag),
      });
      const cut = map((x) => tf.slice(x, [0, 0, 0], [2, 2, 3]));
      near(irfftn(half, { outputSize: [2, 2, 4] }), irfftn(cut).dataSync());
      const filled = map((x) =>
        tf.pad(x, [
          [0, 2],
          [0, 0],
          [0, 0],
        ]),
      );
      near(irfftn(half, { outputSize: [5, 2, 4] }), irfftn(filled).dataSync());
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([2, 3, 4]);
    const half = rfftn(x);
    expect(leakedTensors(() => ({ ...rfftn(x) }))).toBe(0);
    expect(leakedTensors(() => irfftn(half))).toBe(0);
    tf.dispose([x, half.real, half.imag]);
  });
});

describe.skipIf(!BACKENDS.includes('webgpu'))('on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  it('is the sum over three axes, and comes back', () => {
    tf.tidy(() => {
      const x = unitTensor(7, [3, 2, 4]);
      const want = bySums(x.dataSync(), [3, 2, 4]);
      const got = rfftn(x);
      near(tf.concat([got.real, got.imag]), [...want.real, ...want.imag]);
      near(irfftn(got), x.dataSync());
    });
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));
  const half = () => ({ real: tf.ones([2, 2, 2]), imag: tf.ones([2, 2, 2]) });

  it.each([
    ['four axes', () => rfftn(tf.ones([4]), { axes: 4 as 3 }), 'rfftn: axes must be'],
    ['a plane', () => rfftn(tf.ones([4, 4])), 'rfftn: x must have rank >= 3, got shape [4,4]'],
    [
      'too few sizes',
      () => irfftn(half(), { outputSize: [2, 2] }),
      'irfftn: outputSize must have 3 values, got 2',
    ],
    [
      'a size that no bin gives',
      () => irfftn({ real: tf.ones([2, 1]), imag: tf.ones([2, 1]) }, { axes: 1 }),
      'irfftn: outputSize[0] must be an integer >= 1, got 0',
    ],
  ])('%s is an error that names the argument', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
