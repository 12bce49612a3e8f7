import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernelFile } from '../../src/kernel-files.js';
import { byName } from '../../src/wasm/kernel-exports.js';

const memory = new WebAssembly.Memory({ initial: 200 });
const module = new WebAssembly.Module(readFileSync(kernelFile('simd')));
const kernels = byName(new WebAssembly.Instance(module, { env: { memory } }).exports);
const floats = new Float32Array(memory.buffer);

/** Height and width of the image, the filter, its strides and dilations, and the padding. */
interface Sizes {
  image: [number, number];
  filter: [number, number];
  strides?: [number, number];
  dilations?: [number, number];
  padding?: [number, number];
  batch?: number;
  channels: number;
  filters?: number;
}

const CASES: [string, Sizes][] = [
  ['one band', { image: [17, 20], filter: [3, 3], padding: [1, 1], channels: 8 }],
  ['several bands', { image: [60, 90], filter: [3, 3], padding: [1, 1], channels: 13 }],
  [
    'several bands with a stride',
    { image: [99, 90], filter: [5, 3], strides: [2, 2], padding: [2, 1], channels: 11 },
  ],
  [
    'rows that no two outputs share',
    { image: [21, 40], filter: [2, 3], strides: [3, 2], padding: [0, 1], channels: 6 },
  ],
  [
    'dilated rows in bands',
    { image: [40, 40], filter: [3, 3], dilations: [2, 3], padding: [2, 3], channels: 5 },
  ],
  [
    'dilated rows for one row of outputs',
    { image: [33, 40], filter: [2, 3], dilations: [30, 1], padding: [15, 1], channels: 7 },
  ],
  [
    'rows beyond the size of a band',
    { image: [4, 700], filter: [3, 3], padding: [1, 1], channels: 20, batch: 1, filters: 4 },
  ],
  ['no padding', { image: [19, 24], filter: [3, 3], channels: 10 }],
  [
    'no padding, and unused borders',
    { image: [20, 33], filter: [3, 3], strides: [2, 2], channels: 3 },
  ],
  ['padding above alone', { image: [9, 24], filter: [3, 1], padding: [1, 0], channels: 9 }],
  ['padding beside alone', { image: [9, 24], filter: [1, 3], padding: [0, 1], channels: 9 }],
  ['more padding than image', { image: [2, 3], filter: [3, 3], padding: [7, 9], channels: 3 }],
  ['single pixels', { image: [7, 9], filter: [1, 1], channels: 12, filters: 24 }],
  ['single pixels, few filters', { image: [7, 9], filter: [1, 1], channels: 12, filters: 3 }],
  ['single pixels and a stride', { image: [17, 39], filter: [1, 1], strides: [2, 2], channels: 9 }],
  ['one pixel', { image: [1, 1], filter: [1, 1], channels: 1, batch: 1 }],
  ['no channels', { image: [9, 20], filter: [3, 3], padding: [1, 1], channels: 0 }],
  ['no channels, single pixels', { image: [9, 20], filter: [1, 1], channels: 0 }],
  ['no columns of outputs', { image: [9, 2], filter: [3, 3], channels: 5 }],
  ['a stem', { image: [50, 50], filter: [7, 7], strides: [2, 2], padding: [3, 3], channels: 3 }],
];

function sizesOf(given: Sizes) {
  const { image, filter, channels, batch = 2, filters = 12 } = given;
  const { strides = [1, 1], dilations = [1, 1], padding = [0, 0] } = given;
  const out = ([0, 1] as const).map((i) => {
    const reach = (filter[i] - 1) * dilations[i] + 1;
    return Math.floor((image[i] + 2 * padding[i] - reach) / strides[i]) + 1;
  });
  return {
    ...{ batch, inHeight: image[0], inWidth: image[1], inChannels: channels },
    ...{ outHeight: out[0]!, outWidth: out[1]!, outChannels: filters },
    ...{ filterHeight: filter[0], filterWidth: filter[1] },
    ...{ strideHeight: strides[0], strideWidth: strides[1] },
    ...{ dilationHeight: dilations[0], dilationWidth: dilations[1] },
    ...{ top: padding[0], left: padding[1] },
  };
}

/** The convolution and the gradient of its filter in float64, by their definition. */
function byDefinition(
  s: ReturnType<typeof sizesOf>,
  x: Float32Array,
  f: Float32Array,
  dy: Float32Array,
) {
  const y = new Float64Array(dy.length);
  const df = new Float64Array(f.length);
  const [c, k] = [s.inChannels, s.outChannels];
  for (let out = 0; out < dy.length / k; out++) {
    const [q, line] = [out % s.outWidth, Math.floor(out / s.outWidth)];
    const [p, n] = [line % s.outHeight, Math.floor(line / s.outHeight)];
    for (let tap = 0; tap < s.filterHeight * s.filterWidth; tap++) {
      const i = Math.floor(tap / s.filterWidth);
      const row = p * s.strideHeight + i * s.dilationHeight - s.top;
      const column = q * s.strideWidth + (tap % s.filterWidth) * s.dilationWidth - s.left;
      if (row < 0 || column < 0 || row >= s.inHeight || column >= s.inWidth) continue;
      const pixel = (n * s.inHeight + row) * s.inWidth + column;
      for (let a = 0; a < c; a++) {
        for (let b = 0; b < k; b++) {
          const weight = (tap * c + a) * k + b;
          y[out * k + b]! += x[pixel * c + a]! * f[weight]!;
          df[weight]! += x[pixel * c + a]! * dy[out * k + b]!;
        }
      }
    }
  }
  return { y, df };
}

const inputs = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i + phase));

/** Values after a kernel's scratch space, which it must not change. */
const GUARD = 64;

/** Runs a kernel on two arrays in memory full of NaN. */
function outputOf(
  operands: [Float32Array, Float32Array],
  length: number,
  space: number,
  run: (a: number, b: number, out: number, scratch: number) => void,
): Float32Array {
  floats.fill(Number.NaN);
  const [a, b] = operands;
  const places = [64, 64 + a.length, 64 + a.length + b.length];
  const scratch = 4 * Math.ceil((places[2]! + length) / 4 + 1);
  expect(scratch + space + GUARD).toBeLessThan(floats.length);
  floats.set(a, places[0]);
  floats.set(b, places[1]);
  run(4 * places[0]!, 4 * places[1]!, 4 * places[2]!, 4 * scratch);
  const beyond = floats.subarray(scratch + space, scratch + space + GUARD);
  expect(beyond.every(Number.isNaN)).toBe(true);
  return floats.slice(places[2], places[2]! + length);
}

function expectClose(got: Float32Array, want: Float64Array): void {
  const scale = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const errors = want.map((value, i) => Math.abs(got[i]! - value) / scale);
  expect(errors.every((error) => error < 1e-5)).toBe(true);
}

describe.each([false, true])('with wide tiles: %s', (on) => {
  it.each(CASES)('%s: the convolution and its filter gradient', (_, given) => {
    const s = sizesOf(given);
    const x = inputs(s.batch * s.inHeight * s.inWidth * s.inChannels, 0);
    const f = inputs(s.filterHeight * s.filterWidth * s.inChannels * s.outChannels, 1);
    const dy = inputs(s.batch * s.outHeight * s.outWidth * s.outChannels, 2);
    const want = byDefinition(s, x, f, dy);
    kernels.setWideTiles({ on });
    const forward = kernels.convolutionForwardScratch(s);
    const y = outputOf([x, f], dy.length, forward, (a, b, out, scratch) => {
      kernels.writeConvolutionShape({ ...s, scratch });
      kernels.convolutionForward({ x: a, f: b, y: out, scratch });
    });
    expectClose(y, want.y);
    const backward = kernels.convolutionFilterGradientScratch(s);
    const df = outputOf([x, dy], f.length, backward, (a, b, out, scratch) => {
      kernels.writeConvolutionShape({ ...s, scratch });
      kernels.convolutionFilterGradient({ x: a, dy: b, df: out, scratch });
    });
    expectClose(df, want.df);
  });
});
