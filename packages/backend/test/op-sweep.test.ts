import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { type NdArray, sizeOf } from './op-sweep/array.js';
import { type Call, type Draw, OPS } from './op-sweep/cases.js';

const CALLS = Number(process.env.CALLS ?? 6);

function drawing(seed: number): Draw {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    integer,
    pick: (choices) => choices[integer(0, choices.length - 1)]!,
    values: (shape) => ({
      shape,
      data: new Float64Array(sizeOf(shape)).map(() => Math.fround(2 * next() - 1)),
    }),
  };
}

/** Leaves NaN in the memory that the next results of these sizes get. */
function poison(shapes: number[][]): void {
  const waste = shapes.flatMap((shape) =>
    [1, 2, 3].map(() => tf.mul(tf.fill(shape, Number.NaN), 1)),
  );
  tf.dispose(waste);
}

const tensorOf = ({ shape, data }: NdArray, dtype: Call['dtype'] = 'float32') =>
  tf.tensor(Float32Array.from(data) as never, shape, 'float32').cast(dtype);

/** The gradient of Σ upstream·oracle(inputs), by central differences in float64. */
function slopes(call: Call, upstream: Float64Array): Float64Array[] {
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

function expectClose(got: ArrayLike<number>, want: Float64Array, what: string): void {
  const scale = Math.max(1, ...want.map(Math.abs));
  want.forEach((value, i) => {
    const error = Math.abs(got[i]! - value) / scale;
    if (!(error < 2e-5)) {
      throw new Error(
        `${what}: got [${Array.from(got).slice(0, 40)}], want [${want.slice(0, 40)}] (at ${i})`,
      );
    }
  });
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    // Else tfjs computes small tensors on the host.
    if (backend === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  it.each(OPS.map((op, at) => ({ ...op, at })))('$name', ({ draw, hasGradient, at }) => {
    const faults: string[] = [];
    for (let round = 0; round < CALLS; round++) {
      const call = draw(drawing(1000 * at + round));
      const want = call.oracle(...call.inputs);
      const upstream = drawing(7).values(want.shape);
      try {
        tf.tidy(() => {
          const inputs = call.inputs.map((input) => tensorOf(input, call.dtype));
          poison([want.shape, ...call.inputs.map(({ shape }) => shape)]);
          const y = call.op(...inputs);
          expect(y.shape).toEqual(want.shape);
          expectClose(y.dataSync(), want.data, call.label);
          if (!hasGradient) return;
          poison([want.shape, ...call.inputs.map(({ shape }) => shape)]);
          const found = tf.grads((...xs: tf.Tensor[]) =>
            tf.sum(tf.mul(call.op(...xs), tensorOf(upstream))),
          )(inputs);
          const expected =
            call.slopes?.(upstream.data).map(({ data }) => data) ?? slopes(call, upstream.data);
          expected.forEach((slope, i) => {
            expect(found[i]!.shape).toEqual(call.inputs[i]!.shape);
            expectClose(found[i]!.dataSync(), slope, `gradient ${i} of ${call.label}`);
          });
        });
      } catch (e) {
        faults.push(`${call.label}: ${(e as Error).message.slice(0, 600)}`);
      }
    }
    expect(faults.join('\n')).toBe('');
  });
});
