import { readFileSync } from 'node:fs';
import {
  type Tensor,
  type Tensor4D,
  tensor,
  tensor4d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';

/** A tensor as the golden files store it: flat, row-major; images are NCHW. */
export interface GoldenTensor {
  shape: number[];
  data: number[];
}

/** One file of reference values, computed in float64 by an independent program. */
export interface GoldenFile<Case> {
  family: string;
  cases: Case[];
}

export function readGolden<Case>(url: URL): GoldenFile<Case> {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** An NCHW golden as an NHWC tensor. */
export function imageTensor({ shape, data }: GoldenTensor): Tensor4D {
  return tidy(() =>
    transpose(tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1]),
  );
}

/** An NHWC tensor's values in the order of the goldens (NCHW). */
export function imageValues(x: Tensor): Float32Array {
  return tidy(() => transpose(x, [0, 3, 1, 2]).dataSync<'float32'>()).slice();
}

/** The goldens' generator: values in (−1, 1) from a seed, so that large inputs need no storage. */
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

/** The complex input of the goldens, values in pairs (re, im), as two arrays. */
export function unitPairs(seed: number, count: number): { re: number[]; im: number[] } {
  const values = unitSequence(seed, 2 * count);
  return {
    re: Array.from({ length: count }, (_, i) => values[2 * i]!),
    im: Array.from({ length: count }, (_, i) => values[2 * i + 1]!),
  };
}
