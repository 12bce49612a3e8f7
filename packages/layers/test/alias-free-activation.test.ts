import { useBackend } from '@ds/backend';
import {
  gradientErrors,
  leakedTensors,
  relativeError,
  unitSequence,
  unitTensor,
} from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { polynomialActivation, upsampledRelu } from '../src/ops.js';

const FLOAT32 = 1e-5;
type Plane = number[][];

/** The Fourier coefficients X[k] of a real signal for |k| < N/2, as [k, re, im]. */
function coefficientsOf(x: number[]): [number, number, number][] {
  const found: [number, number, number][] = [];
  for (let k = 0; 2 * k < x.length; k++) {
    let [re, im] = [0, 0];
    x.forEach((value, n) => {
      re += value * Math.cos((2 * Math.PI * k * n) / x.length);
      im -= value * Math.sin((2 * Math.PI * k * n) / x.length);
    });
    found.push([k, re, im]);
  }
  return found;
}

/** The trigonometric interpolation of a signal at the positions 0, step, 2·step, …. */
function interpolated(x: number[], count: number, step: number, offset = 0): number[] {
  const parts = coefficientsOf(x);
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * (i * step + offset)) / x.length;
    return parts.reduce((sum, [k, re, im]) => {
      const wave = re * Math.cos(k * angle) - im * Math.sin(k * angle);
      return sum + ((k === 0 ? 1 : 2) * wave) / x.length;
    }, 0);
  });
}

/** The same at every f-th position, of the frequencies below half of the smaller rate. */
function lowered(x: number[], factor: number): number[] {
  const size = x.length / factor;
  const kept = coefficientsOf(x).filter(([k]) => 2 * k < size);
  return Array.from({ length: size }, (_, i) =>
    kept.reduce((sum, [k, re, im]) => {
      const angle = (2 * Math.PI * k * i) / size;
      return sum + ((k === 0 ? 1 : 2) * (re * Math.cos(angle) - im * Math.sin(angle))) / x.length;
    }, 0),
  );
}

const turned = (plane: Plane): Plane => plane[0]!.map((_, q) => plane.map((line) => line[q]!));
const alongBoth = (plane: Plane, f: (line: number[]) => number[]): Plane =>
  turned(turned(plane.map(f)).map(f));

/** The activation in float64, by explicit Fourier sums. */
function naive(plane: Plane, factor: number, f: (u: number) => number): Plane {
  const up = alongBoth(plane, (line) => interpolated(line, factor * line.length, 1 / factor));
  return alongBoth(
    up.map((line) => line.map(f)),
    (line) => lowered(line, factor),
  );
}

/** A plane, shifted by a fraction of a pixel along both axes. Its frequency N/2 is dropped. */
const moved = (plane: Plane, by: number): Plane =>
  alongBoth(plane, (line) => interpolated(line, line.length, 1, -by));

function planeOf(seed: number, height: number, width: number): Plane {
  const values = [...unitSequence(seed, height * width)].map((value) => 2 * value);
  return Array.from({ length: height }, (_, p) => values.slice(p * width, (p + 1) * width));
}

const imageOf = (plane: Plane) => tf.tensor4d(plane.flat(), [1, plane.length, plane[0]!.length, 1]);
const QUADRATIC = [0.1, 0.5, 0.3];
const quadratic = (u: number) => 0.1 + 0.5 * u + 0.3 * u * u;
const column = () => tf.tensor2d(QUADRATIC, [3, 1]);

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [1, 1, 2],
    [4, 7, 2],
    [5, 6, 3],
  ])('matches Fourier sums at %i×%i and factor %i', (height, width, factor) => {
    tf.tidy(() => {
      const plane = planeOf(height, height, width);
      const x = imageOf(plane);
      const polynomial = polynomialActivation(x, column(), { factor });
      const want = naive(plane, factor, quadratic).flat();
      expect(relativeError(polynomial.dataSync(), want)).toBeLessThan(FLOAT32);
      const corner = naive(plane, factor, (u) => Math.max(u, 0)).flat();
      const rectified = upsampledRelu(x, { factor });
      expect(relativeError(rectified.dataSync(), corner)).toBeLessThan(FLOAT32);
    });
  });

  it('has a coefficient for each channel, in both data formats, and finite differences', () => {
    tf.tidy(() => {
      // As many channels as the kernel of wasm needs.
      const x = unitTensor(3, [2, 4, 5, 8]) as tf.Tensor4D;
      const coefficients = unitTensor(4, [3, 8]) as tf.Tensor2D;
      const y = polynomialActivation(x, coefficients);
      const first = polynomialActivation(
        tf.transpose(x, [0, 3, 1, 2]) as tf.Tensor4D,
        coefficients,
        { dataFormat: 'channelsFirst' },
      );
      const back = tf.transpose(first, [0, 2, 3, 1]);
      expect(relativeError(back.dataSync(), y.dataSync())).toBeLessThan(FLOAT32);
      const errors = gradientErrors(
        (image, values) => polynomialActivation(image as tf.Tensor4D, values as tf.Tensor2D),
        [tf.slice(x, 0, [1, 3, 4, 2]), tf.slice(coefficients, 0, [3, 2])],
        [1e-2, 1e-2],
      );
      for (const error of errors) expect(error).toBeLessThan(5e-3);
    });
    const x = unitTensor(3, [1, 4, 4, 1]) as tf.Tensor4D;
    expect(leakedTensors(() => upsampledRelu(x))).toBe(0);
    x.dispose();
  });
});

describe('under a shift by a fraction of a pixel', () => {
  beforeAll(() => useBackend('cpu'));

  /** The relative difference of the shifted output and the output of the shifted image. */
  const errorOf = (f: (x: tf.Tensor4D) => tf.Tensor, size: [number, number]) =>
    tf.tidy(() => {
      const plane = moved(planeOf(9, ...size), 0);
      const y = f(imageOf(plane)).dataSync();
      const lines = Array.from({ length: size[0] }, (_, p) => [
        ...y.slice(p * size[1], (p + 1) * size[1]),
      ]);
      const want = moved(lines, 0.37).flat();
      return relativeError(f(imageOf(moved(plane, 0.37))).dataSync(), want);
    });

  it.each([[[8, 6]], [[7, 9]]] as [[number, number]][])('the polynomial shifts too: %o', (size) => {
    expect(errorOf((x) => polynomialActivation(x, column()), size)).toBeLessThan(FLOAT32);
  });

  it('a ReLU does not, and less so at a higher resolution', () => {
    const plain = errorOf(tf.relu, [8, 6]);
    const [twice, eight] = [2, 8].map((factor) =>
      errorOf((x) => upsampledRelu(x, { factor }), [8, 6]),
    );
    expect(twice).toBeLessThan(plain / 2);
    expect(eight).toBeLessThan(twice! / 3);
    expect(eight).toBeGreaterThan(FLOAT32);
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));
  const x = () => tf.ones([1, 4, 4, 2]) as tf.Tensor4D;

  it.each([
    [
      () => polynomialActivation(x(), tf.ones([3, 1])),
      'polynomialActivation: coefficients must have shape [3,2], got [3,1]',
    ],
    [
      () => upsampledRelu(x(), { factor: 1 }),
      'upsampledRelu: factor must be an integer >= 2, got 1',
    ],
    [() => upsampledRelu(tf.ones([4, 4]) as never), 'upsampledRelu: x must have rank 4'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
