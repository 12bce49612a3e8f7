import { readFileSync } from 'node:fs';
import {
  type Tensor,
  type Tensor4D,
  tensor,
  tensor4d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';

/** A tensor of a golden file: flat and row-major. Images are NCHW. */
export interface GoldenTensor {
  shape: number[];
  data: number[];
}

/** A file of reference values, computed in float64 by an independent program. */
export interface GoldenFile<Case> {
  family: string;
  cases: Case[];
}

export function readGolden<Case>(url: URL): GoldenFile<Case> {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** Converts an NCHW golden to an NHWC tensor. */
export function imageTensor({ shape, data }: GoldenTensor): Tensor4D {
  return tidy(() =>
    transpose(tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1]),
  );
}

/** The values of an NHWC tensor in NCHW order. */
export function imageValues(x: Tensor): Float32Array {
  return tidy(() => transpose(x, [0, 3, 1, 2]).dataSync<'float32'>()).slice();
}

/** The generator of golden inputs: values in (−1, 1) from a seed. Large inputs need no storage. */
export function unitSequence(seed: number, count: number): Float64Array {
  const values = new Float64Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return values;
}

/** The same values as a float32 tensor. */
export function unitTensor(seed: number, shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor(Float32Array.from(unitSequence(seed, count)), shape);
}

/** Complex golden inputs as two arrays. The generator yields the values in pairs (re, im). */
export function unitPairs(seed: number, count: number): { re: number[]; im: number[] } {
  const values = unitSequence(seed, 2 * count);
  return {
    re: Array.from({ length: count }, (_, i) => values[2 * i]!),
    im: Array.from({ length: count }, (_, i) => values[2 * i + 1]!),
  };
}
