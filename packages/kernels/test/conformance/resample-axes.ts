import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import {
  type ComplexMatrix,
  resampleSpectrum,
  spectrumMultiplyAdds,
} from '../../src/resample/complex-axes.js';
import {
  resampleInputGradientKernel,
  resampleKernel,
  resampleMatrixGradientKernel,
} from '../../src/resample/contract.js';
import { axisOrder, multiplyAddsInOrder, resampleAxes } from '../../src/resample/resample-axes.js';
import { describeImplementations, type Implementation } from './implementation.js';

/** A complex matrix in float64, in rows. */
interface Matrix {
  re: number[][];
  im: number[][];
}

/** The sides of all axes before and after, and the number of channels. */
type Case = [input: number[], output: number[], channels: number];
const CASES: Case[] = [
  [[5], [3], 9],
  [[1], [2], 2],
  [[4, 6], [3, 2], 8],
  [[3, 5, 4], [2, 3, 2], 8],
  // The depth is best between the other two, before them, or after them.
  [[6, 9, 5], [2, 1, 5], 1],
  [[7, 2, 3], [1, 3, 4], 3],
  [[2, 7, 3], [5, 1, 2], 9],
];

const KERNELS = [resampleKernel, resampleInputGradientKernel, resampleMatrixGradientKernel];

/** Σ over all input pixels of the product of one entry per axis, times x. Channels are last. */
function bySums(x: number[], sides: number[], channels: number, axes: Matrix[]): number[] {
  const inputs = pixels(sides);
  const outputs = pixels(axes.map(({ re }) => re.length));
  return outputs.flatMap((to) =>
    Array.from({ length: channels }, (_, c) =>
      inputs.reduce((sum, from, at) => {
        let [re, im] = [1, 0];
        axes.forEach((matrix, axis) => {
          const [i, p] = [to[axis]!, from[axis]!];
          const [a, b] = [matrix.re[i]![p]!, matrix.im[i]![p]!];
          [re, im] = [re * a - im * b, re * b + im * a];
        });
        return sum + re * x[at * channels + c]!;
      }, 0),
    ),
  );
}

/** All positions in a grid, the last axis fastest. */
function pixels(sides: number[]): number[][] {
  return sides.reduce<number[][]>(
    (found, side) => found.flatMap((at) => Array.from({ length: side }, (_, i) => [...at, i])),
    [[]],
  );
}

const transposed = ({ re, im }: Matrix): Matrix => ({
  re: re[0]!.map((_, p) => re.map((row) => row[p]!)),
  im: im[0]!.map((_, p) => im.map((row) => row[p]!)),
});

/** A real matrix of any values. */
const real = (seed: number, m: number, n: number): Matrix => ({
  re: (unitTensor(seed, [m, n]) as tf.Tensor2D).arraySync(),
  im: Array.from({ length: m }, () => Array<number>(n).fill(0)),
});

/** `Σ_k w_k exp(2πi(u_k i/m − v_k p/n))`, as a matrix of the spectrum has it: one or two waves. */
function wave(m: number, n: number, waves: [weight: number, u: number, v: number][]) {
  const sum = (trig: (angle: number) => number) =>
    Array.from({ length: m }, (_, i) =>
      Array.from({ length: n }, (__, p) =>
        waves.reduce(
          (total, [w, u, v]) => total + w * trig(2 * Math.PI * ((u * i) / m - (v * p) / n)),
          0,
        ),
      ),
    );
  const line = (size: number, frequency: number, trig: (angle: number) => number) =>
    Array.from({ length: size }, (_, i) => trig((2 * Math.PI * frequency * i) / size));
  const matrix: Matrix = { re: sum(Math.cos), im: sum(Math.sin) };
  // sin(θ − φ) = sin θ cos φ − cos θ sin φ
  const columns = waves.flatMap(([w, u]) => [
    line(m, u, Math.sin).map((value) => w * value),
    line(m, u, Math.cos).map((value) => -w * value),
  ]);
  const analysis = tf.tensor2d(
    waves.flatMap(([, , v]) => [line(n, v, Math.cos), line(n, v, Math.sin)]),
  );
  return { matrix, synthesis: tf.transpose(tf.tensor2d(columns)) as tf.Tensor2D, analysis };
}

export function resampleAxesTests(implementations: Implementation[]): void {
  describeImplementations(KERNELS, implementations, (backend) => {
    // A software GPU takes seconds for each program.
    const cases = backend === 'webgpu' ? CASES.slice(3, 4) : CASES;

    it.each(cases)('%j to %j with %d channels: one matrix for each axis', (input, output, C) => {
      tf.tidy(() => {
        const axes = input.map((n, axis) => real(axis + 1, output[axis]!, n));
        const x = unitTensor(7, [1, ...input, C]);
        const dy = unitTensor(8, [1, ...output, C]);
        const op = (image: tf.Tensor, ...list: tf.Tensor[]) =>
          resampleAxes(image, list as tf.Tensor2D[]);
        const matrices = axes.map(({ re }) => tf.tensor2d(re));
        const y = op(x, ...matrices);
        expect(y.shape).toEqual([1, ...output, C]);
        const want = bySums([...x.dataSync()], input, C, axes);
        expect(relativeError(y.dataSync(), want)).toBeLessThan(1e-6);
        const [dx, ...slopes] = tf.grads(op)([x, ...matrices], dy);
        const back = bySums([...dy.dataSync()], output, C, axes.map(transposed));
        expect(relativeError(dx!.dataSync(), back)).toBeLessThan(1e-6);
        // y is linear in each matrix, so ⟨dA, A⟩ = ⟨dy, y⟩ for every axis.
        const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;
        slopes.forEach((slope, axis) => {
          expect(slope.shape).toEqual(matrices[axis]!.shape);
          expect(dot(slope, matrices[axis]!)).toBeCloseTo(dot(dy, y), 3);
        });
      });
    });

    it.each(cases)('%j to %j with %d channels: complex matrices', (input, output, C) => {
      tf.tidy(() => {
        const last = input.length - 1;
        const made = input.map((n, axis) =>
          wave(output[axis]!, n, [
            [0.7, 1, 1],
            [0.4, -2, -1],
          ]),
        );
        const axes = made.map(({ matrix, synthesis, analysis }, axis): ComplexMatrix => {
          const imaginary =
            axis === last ? { synthesis: tf.tensor2d(matrix.im) } : { synthesis, analysis };
          return { real: tf.tensor2d(matrix.re), imaginary };
        });
        const matrices = made.map(({ matrix }) => matrix);
        const x = unitTensor(7, [1, ...input, C]);
        const dy = unitTensor(8, [1, ...output, C]);
        const op = (image: tf.Tensor) => resampleSpectrum(image, axes);
        expect(leakedTensors(() => op(x))).toBe(0);
        const want = bySums([...x.dataSync()], input, C, matrices);
        expect(relativeError(op(x).dataSync(), want)).toBeLessThan(1e-5);
        const back = bySums([...dy.dataSync()], output, C, matrices.map(transposed));
        expect(relativeError(tf.grad(op)(x, dy).dataSync(), back)).toBeLessThan(1e-5);
        expect(spectrumMultiplyAdds(axes)).toBeGreaterThan(0);
      });
    });
  });

  it('multiplies the axes in the order with the fewest multiply-adds', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const [input, output] of CASES.filter(([sides]) => sides.length === 3)) {
      const sides = input.map((n, axis) => [output[axis]!, n] as const);
      const counts = orders.map((order) => multiplyAddsInOrder(sides, order));
      expect(multiplyAddsInOrder(sides, axisOrder(sides))).toBe(Math.min(...counts));
    }
    expect(multiplyAddsInOrder([[2, 4]], [0])).toBe(8);
    expect(
      multiplyAddsInOrder(
        [
          [2, 4],
          [3, 5],
        ],
        [1, 0],
      ),
    ).toBe(3 * 5 * 4 + 2 * 4 * 3);
  });
}
