import type * as tf from '@tensorflow/tfjs';
import { at, generate, type NdArray } from './array.js';

/** Draws numbers for one call of an op. */
export interface Draw {
  /** The highest rank that the backend supports. */
  mostRank: number;
  /** An integer in [least, most]. */
  integer(least: number, most: number): number;
  /** One of the choices. */
  pick<T>(choices: readonly T[]): T;
  /** Values in (−1, 1), all of them different. */
  values(shape: number[]): NdArray;
}

/** One call of an op of tfjs, and its expected result. */
export interface Call {
  /** The arguments in words. */
  label: string;
  inputs: NdArray[];
  op: (...inputs: tf.Tensor[]) => tf.Tensor;
  oracle: (...inputs: NdArray[]) => NdArray;
  /** The expected gradients, if differences cannot give them: at equal values. */
  slopes?: (upstream: Float64Array) => NdArray[];
  /** Dtype of the inputs. Default float32. */
  dtype?: 'float32' | 'int32' | 'bool';
}

/** An op that models, layers, the conformance kit or the docs use. */
export interface Op {
  name: string;
  /** Whether tfjs has a gradient of the op. */
  hasGradient: boolean;
  /** Dtypes for which it must also be correct, or refused. */
  dtypes?: ('int32' | 'bool')[];
  /** The error with which a backend may refuse these dtypes. Without it, none may. */
  refused?: RegExp;
  /** Backends without this op, with tfjs's error. */
  missing?: Partial<Record<'cpu' | 'wasm' | 'webgpu', RegExp>>;
  /** Whether it uses a GPU's own sines and cosines, which are less exact. */
  usesTrigonometry?: boolean;
  draw(draw: Draw): Call;
}

export const ANY: Op['dtypes'] = ['int32', 'bool'];

/** tfjs's error of ops for floats only. */
export const NEEDS_FLOATS = /^Argument '\w+' passed to '\w+' must be float32 tensor, but got /;

/** A shape with a drawn rank and few values. */
export function shapeOf(draw: Draw, least = 0, most = draw.mostRank): number[] {
  const rank = draw.integer(least, most);
  return Array.from({ length: rank }, () => draw.integer(1, rank > 3 ? 3 : 5));
}

export const map = (x: NdArray, f: (value: number) => number): NdArray => ({
  shape: x.shape,
  data: x.data.map(f),
});

export const positive = (x: number) => 0.2 + Math.abs(2 * x);
export const isTrue = (x: number) => (x > 0 ? 1 : 0);
export const softmaxOf = (line: number[]) => {
  const most = Math.max(...line);
  const powers = line.map((value) => Math.exp(value - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
};
export const alongLast = (x: NdArray, f: (line: number[], at: number) => number): NdArray =>
  generate(x.shape, (index) =>
    f(
      Array.from({ length: x.shape.at(-1)! }, (_, i) => at(x, index.with(-1, i))),
      index.at(-1)!,
    ),
  );
