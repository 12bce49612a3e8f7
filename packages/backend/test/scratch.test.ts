import {
  axisTapsKernel,
  batchNormTrainingGradientKernel,
  batchNormTrainingKernel,
  leftMultiplyKernel,
  regionMaxGradientKernel,
  regionMaxKernel,
  resampleInputGradientKernel,
  resampleKernel,
  resampleMatrixGradientKernel,
} from '@ds/kernels';
import { type KernelModule, kernelModule, type WasmBackend } from '@ds/kernels/wasm';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** A fixed seed makes failures reproducible. */
const RUNS = { seed: 20_261_126, numRuns: 40 };
/** Floats before and after each scratch. */
const MARGIN = 64;
const CANARY = 0x5ca1ab1e;

const size = (max: number) => fc.integer({ min: 1, max });

let module: KernelModule;
let wasm: WasmBackend['wasm'];
let scratch: KernelModule['scratch'];

/** A scratch: the address of its allocation, its size, and its offset from a cache line. */
interface Painted {
  block: number;
  floats: number;
  shift: number;
}
let painted: Painted[] = [];
/**
 * Counts the scratches. Each has another offset from a cache line, since alignment may cost up to
 * 15 floats.
 */
let turn = 0;

const words = (at: number, count: number) => new Uint32Array(wasm.asm!.memory!.buffer, at, count);

beforeAll(async () => {
  await useBackend('wasm');
  module = kernelModule(tf.backend())!;
  wasm = (tf.backend() as unknown as WasmBackend).wasm;
  scratch = module.scratch;
  module.scratch = (floats) => {
    const shift = turn++ % 16;
    const whole = Math.ceil(floats);
    const block = wasm._malloc(4 * (whole + 2 * MARGIN + 32)) >>> 0;
    const start = ((block + 63) & ~63) >>> 0;
    words(start, MARGIN + shift).fill(CANARY);
    const at = start + 4 * (MARGIN + shift);
    // A kernel that reads before it writes returns NaN.
    new Float32Array(wasm.asm!.memory!.buffer, at, whole).fill(Number.NaN);
    words(at + 4 * whole, MARGIN).fill(CANARY);
    painted.push({ block, floats: whole, shift });
    return at;
  };
});

beforeEach(() => {
  painted = [];
});

afterAll(() => {
  module.scratch = scratch;
});

/** Runs a kernel with marked memory around its scratch. Expects numbers and intact marks. */
function expectWhole(run: () => tf.Tensor | tf.Tensor[]): void {
  painted = [];
  tf.tidy(() => {
    for (const made of [run()].flat()) {
      expect(made.dataSync().every((value) => Number.isFinite(value))).toBe(true);
    }
  });
  expect(painted.length).toBeGreaterThan(0);
  for (const { block, floats, shift } of painted) {
    const start = ((block + 63) & ~63) >>> 0;
    const front = words(start, MARGIN + shift);
    const behind = words(start + 4 * (MARGIN + shift + floats), MARGIN);
    expect(front.every((word) => word === CANARY)).toBe(true);
    expect(behind.every((word) => word === CANARY)).toBe(true);
    wasm._free(block);
  }
}

const kernel = (name: string, inputs: Record<string, tf.Tensor> | tf.Tensor[], attrs = {}) =>
  tf.engine().runKernel(name, inputs as Record<string, tf.Tensor>, attrs) as tf.Tensor;

describe('no kernel writes outside its scratch, at any alignment:', () => {
  it('products', () => {
    fc.assert(
      fc.property(size(13), size(9), size(70), fc.boolean(), (m, k, n, banded) => {
        expectWhole(() => {
          const x = unitTensor(2, [2, k, n]) as tf.Tensor3D;
          return banded
            ? leftMultiplyKernel.run({ a: unitTensor(1, [m, k]) as tf.Tensor2D, x }, {})
            : tf.matMul(unitTensor(1, [2, m, k]), x);
        });
      }),
      RUNS,
    );
  });

  it('convolutions and their input gradients', () => {
    const cases = fc.record({
      height: size(9),
      width: size(9),
      channels: size(7),
      filters: size(19),
      taps: fc.tuple(size(4), size(4)),
      strides: fc.tuple(size(3), size(3)),
      dilations: fc.oneof(fc.constant<[number, number]>([1, 1]), fc.tuple(size(3), size(3))),
    });
    fc.assert(
      fc.property(cases, ({ height, width, channels, filters, taps, strides, dilations }) => {
        const x = unitTensor(1, [2, height, width, channels]);
        const filter = unitTensor(2, [...taps, channels, filters]);
        const attrs = { strides, dilations, pad: 'same', dataFormat: 'NHWC' };
        expectWhole(() => {
          const y = kernel('Conv2D', { x, filter }, attrs);
          const inputs = { dy: unitTensor(3, y.shape), filter };
          return [y, kernel('Conv2DBackpropInput', inputs, { ...attrs, inputShape: x.shape })];
        });
        tf.dispose([x, filter]);
      }),
      RUNS,
    );
  });

  it('minimal filtering and its gradients', () => {
    const channels = fc.tuple(fc.constantFrom(24, 28), fc.constantFrom(8, 24, 32));
    fc.assert(
      fc.property(size(3), size(11), size(12), channels, (batch, height, width, [from, to]) => {
        fc.pre(batch * height * width >= 64);
        expectWhole(() => {
          const x = unitTensor(1, [batch, height, width, from]);
          const filter = unitTensor(2, [3, 3, from, to]);
          const attrs = { strides: 1, dilations: 1, pad: 'same', dataFormat: 'NHWC' };
          const y = kernel('Conv2D', { x, filter }, attrs);
          const dy = unitTensor(3, y.shape);
          const more = { inputShape: x.shape, filterShape: filter.shape };
          return [
            y,
            kernel('Conv2DBackpropInput', { dy, filter }, { ...attrs, ...more }),
            kernel('Conv2DBackpropFilter', { x, dy }, { ...attrs, ...more }),
          ];
        });
      }),
      { ...RUNS, numRuns: 15 },
    );
  });

  it('batch norm, forward and backward', () => {
    fc.assert(
      fc.property(fc.oneof(size(5), size(300)), size(21), (rows, channels) => {
        expectWhole(() => {
          const [x, dy] = [unitTensor(1, [rows, channels]), unitTensor(2, [rows, channels])];
          const gamma = unitTensor(3, [channels]) as tf.Tensor1D;
          const beta = unitTensor(4, [channels]) as tf.Tensor1D;
          const attrs = { epsilon: 1e-3 };
          const [y, mean, variance] = batchNormTrainingKernel.run({ x, gamma, beta }, attrs);
          const inputs = { dy, x, mean, variance, gamma };
          return [y, mean, variance, ...batchNormTrainingGradientKernel.run(inputs, attrs)];
        });
      }),
      RUNS,
    );
  });

  it('resampling and its gradients, in both orders, folded or not, corrected or not', () => {
    const cases = fc.record({
      channels: fc.oneof(size(9), fc.constantFrom(64, 65, 130)),
      sides: fc.tuple(size(11), size(11), size(11), size(11)),
      rank: fc.integer({ min: 0, max: 3 }),
      isSymmetric: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ channels, sides: [h, H, w, W], rank, isSymmetric }) => {
        expectWhole(() => {
          const x = unitTensor(1, [2, H, W, channels]) as tf.Tensor4D;
          const dy = unitTensor(2, [2, h, w, channels]) as tf.Tensor4D;
          const floats = h * H + w * W + (rank > 0 ? h * rank + w * W : 0);
          const operands = {
            matrices: unitTensor(3, [floats]) as tf.Tensor1D,
            ...(rank > 0 && { analysis: unitTensor(4, [rank, H]) as tf.Tensor2D }),
          };
          const attrs = { rows: [h, H], columns: [w, W], isSymmetric } as const;
          return [
            resampleKernel.run({ x, ...operands }, attrs),
            resampleInputGradientKernel.run({ dy, ...operands }, attrs),
            resampleMatrixGradientKernel.run({ x, dy, ...operands }, attrs),
          ];
        });
      }),
      { ...RUNS, numRuns: 80 },
    );
  });

  it('tables of taps, of regions and of statistics', () => {
    expectWhole(() => {
      const starts = Int32Array.from([0, 2, 3]);
      const indices = Int32Array.from([0, 2, 1]);
      const weights = Float32Array.from([0.5, 0.25, 2]);
      const rows = Int32Array.from([0, 2, 1, 3]);
      const image = unitTensor(2, [2, 3, 3, 5]) as tf.Tensor4D;
      const lines = unitTensor(1, [2, 3, 5]) as tf.Tensor3D;
      const dy = unitTensor(5, [2, 2, 2, 5]) as tf.Tensor4D;
      const statistics = [3, 4].map((seed) => tf.abs(unitTensor(seed, [5])) as tf.Tensor1D);
      return [
        axisTapsKernel.run({ x: lines }, { inputSize: 3, starts, indices, weights }),
        regionMaxKernel.run({ x: image }, { rows, columns: rows }),
        regionMaxGradientKernel.run({ x: image, dy }, { rows, columns: rows }),
        tf.batchNorm(image, statistics[0]!, statistics[1]!),
      ];
    });
  });
});
