import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { type NdArray, sizeOf } from './op-sweep/array.js';
import type { Call, Draw, Op } from './op-sweep/op.js';
import { OPS } from './op-sweep/ops.js';

type Backend = (typeof BACKENDS)[number];

/** The number of calls of each op. A software GPU compiles slowly. */
const CALLS: Record<Backend, number> = { cpu: 3, wasm: 5, webgpu: 2 };
const MOST_RANK: Record<Backend, number> = { cpu: 7, wasm: 7, webgpu: 6 };
/** Error bound, relative to the largest value. */
const FLOAT32 = 2e-5;
/** The same for sums of a few sines and cosines, which are less accurate on WebGPU. */
const TRIGONOMETRY = 2e-3;

/** Draws numbers from a seed (mulberry32). */
function drawing(seed: number, mostRank: number): Draw {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    mostRank,
    integer,
    pick: (choices) => choices[integer(0, choices.length - 1)]!,
    values: (shape) => ({
      shape,
      data: new Float64Array(sizeOf(shape)).map(() => Math.fround(2 * next() - 1)),
    }),
  };
}

/** Hashes a text to a seed (FNV-1a). */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

/** Writes NaN to the memory that the next results of these sizes receive. */
function poison(shapes: number[][]): void {
  const waste = shapes.flatMap((shape) =>
    [1, 2, 3].map(() => tf.mul(tf.fill(shape, Number.NaN), 1)),
  );
  tf.dispose(waste);
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

const tensorOf = ({ shape, data }: NdArray, dtype: Call['dtype'] = 'float32') =>
  tf.tensor(ARRAYS[dtype].from(data), shape, dtype);

/** Computes the gradients of Σ upstream·oracle(inputs) by central differences in float64. */
function differences(call: Call, upstream: Float64Array): Float64Array[] {
  const H = 1e-6;
  return call.inputs.map((input, which) => {
    const value = (i: number, by: number) => {
      const moved = { ...input, data: input.data.with(i, input.data[i]! + by) };
      const { data } = call.oracle(...call.inputs.with(which, moved));
      return data.reduce((total, y, j) => total + y * upstream[j]!, 0);
    };
    return input.data.map((_, i) => (value(i, H) - value(i, -H)) / (2 * H));
  });
}

function expectClose(got: tf.Tensor, want: NdArray, bound: number, what: string): void {
  expect(got.shape, what).toEqual(want.shape);
  const values = got.dataSync();
  const scale = want.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // NaN differs from every value.
  const isWrong = want.data.some((value, i) => !(Math.abs(values[i]! - value) <= bound * scale));
  if (isWrong) expect(Array.from(values), what).toEqual(Array.from(want.data));
}

/** Checks one call and its gradients against the oracle, in poisoned memory. */
function check(call: Call, hasGradient: boolean, bound: number): void {
  const want = call.oracle(...call.inputs);
  const spoil = () => poison([want.shape, ...call.inputs.map(({ shape }) => shape)]);
  tf.tidy(() => {
    const inputs = call.inputs.map((input) => tensorOf(input, call.dtype));
    spoil();
    expectClose(call.op(...inputs), want, bound, call.label);
    if (!hasGradient) return;
    const upstream = drawing(7, 0).values(want.shape);
    const weights = tensorOf(upstream);
    spoil();
    const slopes = tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(call.op(...xs), weights)))(
      inputs,
    );
    const expected =
      call.slopes?.(upstream.data) ??
      differences(call, upstream.data).map((data, i) => ({ data, shape: call.inputs[i]!.shape }));
    expected.forEach((slope, i) => {
      expectClose(slopes[i]!, slope, bound, `gradient ${i} of ${call.label}`);
    });
  });
}

/** Rounds a multiple of a value. The result is an int32. */
const toInteger = (x: number) => Math.min(Math.max(Math.round(5 * x), -(2 ** 31)), 2 ** 31 - 1);

/** Returns the call with its values converted to integers or booleans. */
function inDtype(call: Call, dtype: 'int32' | 'bool'): Call {
  const into = dtype === 'bool' ? (x: number) => (x > 0 ? 1 : 0) : toInteger;
  const inputs = call.inputs.map(({ shape, data }) => ({ shape, data: data.map(into) }));
  return { ...call, inputs, dtype, label: `${dtype} ${call.label}` };
}

describe.each(BACKENDS)('every op in use is correct, or refused, on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    // Otherwise tfjs computes small tensors on the host.
    if (backend === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  // Seeds with the op's name, so that the draws of ops are independent.
  const calls = ({ name, draw }: Op) =>
    Array.from({ length: CALLS[backend] }, (_, i) =>
      draw(drawing(seedOf(`${name} ${i}`), MOST_RANK[backend])),
    );

  it.each(OPS)('$name', (op) => {
    const missing = op.missing?.[backend];
    const bound = op.usesTrigonometry && backend === 'webgpu' ? TRIGONOMETRY : FLOAT32;
    for (const call of calls(op)) {
      if (missing) expect(() => check(call, false, bound)).toThrow(missing);
      else check(call, op.hasGradient, bound);
    }
  });

  const typed = OPS.filter(({ dtypes }) => dtypes);
  it.each(typed)('$name of $dtypes', (op) => {
    for (const dtype of op.dtypes!) {
      for (const call of calls(op).slice(0, 3)) {
        try {
          check(inDtype(call, dtype), false, FLOAT32);
        } catch (error) {
          if (!op.refused) throw error;
          expect((error as Error).message).toMatch(op.refused);
        }
      }
    }
  });
});
