import * as kernels from '@ds/kernels';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';
import { poisonMemory } from '../poison.js';
import { CALLS, COMPOSED_CALLS, type Dtype, makerOf, WITHOUT_CALL } from './calls-of-kernels.js';

const ALL_CALLS = { ...CALLS, ...COMPOSED_CALLS };

/** Kernels that wasm refuses for integers and booleans, and cpu does not. */
const REFUSED = ['BatchMatMul', 'LRN', 'Multinomial', '_FusedMatMul'];

/** Kernels that return floats on wasm where cpu truncates them. */
const WITH_FRACTIONS = ['Expm1'];

type Result = { dtype: string; shape: number[]; values: number[] };

/** Runs a call in poisoned memory. Returns the error's message if it is refused. */
function outcome(name: string, dtype: Dtype): Result[] | string {
  return tf.tidy(() => {
    const beside = [1, 2, 3, 5, 9, 16, 64].flatMap((size) => [
      tf.fill([size], 7),
      tf.fill([size], 1, 'bool'),
    ]);
    poisonMemory();
    let results: Result[] | string;
    try {
      results = [ALL_CALLS[name]!(makerOf(dtype))].flat().map((y) => ({
        dtype: y.dtype,
        shape: y.shape,
        // On cpu, a bool may hold any byte.
        values: Array.from(y.dataSync(), (value) =>
          y.dtype === 'bool' ? Number(value !== 0) : Math.fround(value),
        ),
      }));
    } catch (error) {
      expect(error, name).not.toBeInstanceOf(WebAssembly.RuntimeError);
      results = (error as Error).message;
    }
    for (const one of beside) {
      const value = one.dtype === 'bool' ? 1 : 7;
      expect(new Set(one.dataSync()), `the memory beside ${name}`).toEqual(new Set([value]));
    }
    return results;
  });
}

function expectEqual(name: string, got: Result[], want: Result[]): void {
  expect(got.length).toBe(want.length);
  got.forEach((one, at) => {
    const label = `result ${at} of ${name}`;
    const isFraction = WITH_FRACTIONS.includes(name);
    const { dtype, shape, values } = want[at]!;
    expect([one.dtype, one.shape], label).toEqual([isFraction ? 'float32' : dtype, shape]);
    const found = isFraction ? one.values.map(Math.trunc) : one.values;
    const bound = dtype === 'float32' ? 1e-5 : 0;
    const isWrong = found.some((value, i) => !isNear(value, values[i]!, bound));
    if (isWrong) expect(found, label).toEqual(values);
  });
}

/** Whether two values are equal, also if both are NaN or infinite, or differ by rounding errors. */
function isNear(value: number, want: number, bound: number): boolean {
  if (value === want || (Number.isNaN(value) && Number.isNaN(want))) return true;
  return Math.abs(value - want) <= bound * Math.max(1, Math.abs(want));
}

describe.each(['int32', 'bool'] as const)('every kernel on wasm, of %s', (dtype) => {
  const onCpu: Record<string, Result[] | string> = {};

  beforeAll(async () => {
    await useBackend('cpu');
    for (const name in ALL_CALLS) onCpu[name] = outcome(name, dtype);
    await useBackend('wasm');
  });

  it.each(Object.keys(ALL_CALLS))('%s is as on cpu', (name) => {
    const before = tf.memory().numTensors;
    const [got, want] = [outcome(name, dtype), onCpu[name]!];
    if (typeof got !== 'string') expect(tf.memory().numTensors).toBe(before);
    const isRefused = typeof want === 'string' || REFUSED.includes(name);
    expect(typeof got === 'string', `${name}: ${got}`).toBe(isRefused);
    if (typeof got === 'string' || typeof want === 'string') return;
    expectEqual(name, got, want);
  });
});

describe('on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  it('every kernel has a call, or a reason for none', () => {
    const own = Object.values(kernels).filter((one) => one instanceof kernels.Kernel);
    const known = [
      ...Object.keys(CALLS),
      ...Object.values(WITHOUT_CALL).flat(),
      ...own.map(({ name }) => name),
    ];
    const registered = tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName);
    expect(registered.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('expm1 of integers and booleans has fractions', () => {
    tf.tidy(() => {
      for (const dtype of ['int32', 'bool'] as const) {
        const y = tf.expm1(tf.tensor1d([0, 1], dtype));
        expect(y.dtype).toBe('float32');
        expect(y.dataSync()[1]).toBeCloseTo(Math.E - 1, 6);
      }
    });
  });

  it('oneHot has any dtype', () => {
    tf.tidy(() => {
      const of = (dtype: 'float32' | 'bool') => {
        const y = tf.oneHot(tf.tensor1d([1, 0], 'int32'), 3, 0.5, -2, dtype);
        expect(y.dtype).toBe(dtype);
        return [...y.dataSync()];
      };
      expect(of('float32')).toEqual([-2, 0.5, -2, 0.5, -2, -2]);
    });
  });
});
