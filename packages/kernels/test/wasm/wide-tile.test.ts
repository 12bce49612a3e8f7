import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelFile } from '../../src/kernel-files.js';
import { byName, type KernelExports } from '../../src/wasm/kernel-exports.js';

/** A fixed seed makes failures reproducible. */
const RUNS = { seed: 20_151_030, numRuns: 60 };
/** Floats after each array that no kernel may write. */
const GUARD = 64;
/** A value that no kernel computes here. */
const UNTOUCHED = 1234.5;

const memory = new WebAssembly.Memory({ initial: 400 });
const module = new WebAssembly.Module(readFileSync(kernelFile('simd')));
const kernels = byName(new WebAssembly.Instance(module, { env: { memory } }).exports);
const floats = new Float32Array(memory.buffer);
const START = 1024;

type Sizes = Record<string, number>;
interface Case<S extends Sizes> {
  sizes: fc.Arbitrary<S>;
  inputs(sizes: S): number[];
  output(sizes: S): number;
  scratch(sizes: S): number;
  run(kernels: KernelExports, sizes: S, inputs: number[], output: number, scratch: number): void;
}

/** Runs a case with one kind of tile. Returns its output and what follows it. */
function outputOf<S extends Sizes>(one: Case<S>, sizes: S, isWide: boolean): Float32Array {
  kernels.setWideTiles({ on: isWide });
  let top = START;
  const take = (count: number) => {
    const at = top;
    top += count + GUARD;
    return at;
  };
  const inputs = one.inputs(sizes).map((count) => {
    const at = take(count);
    for (let i = 0; i < count; i++) floats[at + i] = Math.sin(1.7 * (at + i));
    return 4 * at;
  });
  const size = one.output(sizes);
  const output = take(size);
  floats.fill(UNTOUCHED, output, output + size + GUARD);
  const space = one.scratch(sizes);
  const scratch = take(space);
  if (scratch + space > floats.length) throw new Error('The memory of this test is too small');
  // Old data in scratch must not matter.
  floats.fill(Number.NaN, scratch, scratch + space);
  one.run(kernels, sizes, inputs, 4 * output, 4 * scratch);
  return floats.slice(output, output + size + GUARD);
}

const size = (max: number, min = 1) => fc.integer({ min, max });
type Product = { m: number; k: number; n: number };
const product = {
  sizes: fc.record({ m: size(30), k: size(20), n: size(90) }),
  inputs: ({ m, k, n }: Product) => [m * k, k * n],
  output: ({ m, n }: Product) => m * n,
  scratch: ({ m, k }: Product) => kernels.leftMultiplyScratch({ m, k }),
};

/** Sizes of a 3×3 convolution at stride 1 for Winograd's algorithm. */
const winogradSizes = fc
  .record({
    batch: size(3),
    inHeight: size(13, 3),
    inWidth: size(12, 3),
    inChannels: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(4, 12, 24, 68) },
      { weight: 1, arbitrary: fc.constant(256) },
    ),
    outChannels: fc.constantFrom(8, 16, 40, 64),
    top: size(2, 0),
    left: size(2, 0),
    isRotated: size(1, 0),
  })
  .map((sizes) => ({
    ...sizes,
    outHeight: sizes.inHeight - 2 + sizes.top,
    outWidth: sizes.inWidth - 2 + sizes.left,
  }));
type Winograd = typeof winogradSizes extends fc.Arbitrary<infer S> ? S : never;
const image = (s: Winograd) => s.batch * s.inHeight * s.inWidth * s.inChannels;
const map = (s: Winograd) => s.batch * s.outHeight * s.outWidth * s.outChannels;
const filter = (s: Winograd) => 9 * s.inChannels * s.outChannels;

const convolution = fc
  .record({
    batch: size(2),
    inHeight: size(9),
    // Rows of outputs that are short and long for the gradients, with few and many channels.
    inWidth: size(36),
    inChannels: fc.constantFrom(1, 3, 4, 16, 20, 64),
    outChannels: fc.constantFrom(1, 8, 16, 20, 40, 64),
    filterHeight: size(3),
    filterWidth: size(3),
    stride: size(2),
    dilation: size(2),
    top: size(1, 0),
    left: size(1, 0),
  })
  .map(({ stride, dilation, ...sizes }) => ({
    ...sizes,
    strideHeight: stride,
    strideWidth: stride,
    dilationHeight: dilation,
    dilationWidth: dilation,
    outHeight: Math.ceil(sizes.inHeight / stride),
    outWidth: Math.ceil(sizes.inWidth / stride),
  }));
type Convolution = typeof convolution extends fc.Arbitrary<infer S> ? S : never;
const sizesOf = (s: Convolution) => ({
  x: s.batch * s.inHeight * s.inWidth * s.inChannels,
  y: s.batch * s.outHeight * s.outWidth * s.outChannels,
  f: s.filterHeight * s.filterWidth * s.inChannels * s.outChannels,
});

const resampling = fc.record({
  batch: size(2),
  inHeight: size(20),
  inWidth: size(20),
  channels: fc.constantFrom(1, 5, 16, 20, 72),
  outHeight: size(14),
  outWidth: size(14),
  isFolded: size(1, 0),
});
type Resampling = typeof resampling extends fc.Arbitrary<infer S> ? S : never;
const none = { analysis: 0, skewColumns: 0, synthesis: 0, rank: 0 };
const tables = (s: Resampling) => [
  kernels.tableFloats({ m: s.outHeight, k: s.inHeight }),
  kernels.tableFloats({ m: s.outWidth, k: s.inWidth }),
];

type Check = (run: (isWide: boolean) => Float32Array) => void;

/** Checks a case at many sizes. */
function tested<S extends Sizes>(one: Case<S>): (check: Check) => void {
  return (check) =>
    fc.assert(
      fc.property(one.sizes, (sizes) => {
        check((isWide) => outputOf(one, sizes, isWide));
      }),
      RUNS,
    );
}

const CASES = {
  matrixProduct: tested<Product>({
    ...product,
    run: (k, sizes, [a, x], y, scratch) => k.matrixProduct({ a: a!, x: x!, y, scratch, ...sizes }),
  }),
  leftMultiply: tested<Product>({
    ...product,
    run: (k, sizes, [a, x], y, scratch) =>
      k.leftMultiply({ a: a!, x: x!, y, scratch, batch: 1, ...sizes }),
  }),
  winograd: tested({
    sizes: winogradSizes,
    inputs: (s: Winograd) => [image(s), filter(s)],
    output: map,
    scratch: (s) => kernels.winogradScratch(s),
    run: (k, s, [x, f], y, scratch) =>
      k.winograd({ ...s, x: x!, f: f!, y, scratch, isRotated: s.isRotated === 1 }),
  }),
  winogradLarge: tested({
    sizes: winogradSizes,
    inputs: (s: Winograd) => [image(s), filter(s)],
    output: map,
    scratch: (s) => kernels.winogradLargeScratch(s),
    run: (k, s, [x, f], y, scratch) =>
      k.winogradLarge({ ...s, x: x!, f: f!, y, scratch, isRotated: s.isRotated === 1 }),
  }),
  winogradFilterGradient: tested({
    sizes: winogradSizes,
    inputs: (s: Winograd) => [image(s), map(s)],
    output: filter,
    scratch: (s) => kernels.winogradFilterScratch(s),
    run: (k, s, [x, dy], df, scratch) =>
      k.winogradFilterGradient({ ...s, x: x!, dy: dy!, df, scratch }),
  }),
  winogradLargeFilterGradient: tested({
    sizes: winogradSizes,
    inputs: (s: Winograd) => [image(s), map(s)],
    output: filter,
    scratch: (s) => kernels.winogradLargeFilterScratch(s),
    run: (k, s, [x, dy], df, scratch) =>
      k.winogradLargeFilterGradient({ ...s, x: x!, dy: dy!, df, scratch }),
  }),
  convolutionForward: tested({
    sizes: convolution,
    inputs: (s: Convolution) => [sizesOf(s).x, sizesOf(s).f],
    output: (s) => sizesOf(s).y,
    scratch: (s) => kernels.convolutionForwardScratch(s),
    run: (k, s, [x, f], y, scratch) => {
      k.writeConvolutionShape({ ...s, scratch });
      k.convolutionForward({ x: x!, f: f!, y, scratch });
    },
  }),
  convolutionInputGradient: tested({
    sizes: convolution,
    inputs: (s: Convolution) => [sizesOf(s).y, sizesOf(s).f],
    output: (s) => sizesOf(s).x,
    scratch: (s) => kernels.convolutionInputGradientScratch(s),
    run: (k, s, [dy, ft], dx, scratch) => {
      k.writeConvolutionShape({ ...s, scratch });
      k.convolutionInputGradient({ dy: dy!, ft: ft!, dx, scratch });
    },
  }),
  convolutionFilterGradient: tested({
    sizes: convolution,
    inputs: (s: Convolution) => [sizesOf(s).x, sizesOf(s).y],
    output: (s) => sizesOf(s).f,
    scratch: (s) => kernels.convolutionFilterGradientScratch(s),
    run: (k, s, [x, dy], df, scratch) => {
      k.writeConvolutionShape({ ...s, scratch });
      k.convolutionFilterGradient({ x: x!, dy: dy!, df, scratch });
    },
  }),
  resampleRowsFirst: tested({
    sizes: resampling,
    inputs: (s: Resampling) => [s.batch * s.inHeight * s.inWidth * s.channels, ...tables(s)],
    output: (s) => s.batch * s.outHeight * s.outWidth * s.channels,
    scratch: (s) => kernels.resampleRowsFirstScratch({ ...s, rank: 0 }),
    run: (k, s, [x, rows, columns], y, scratch) =>
      k.resampleRowsFirst({
        ...{ ...s, ...none, isFolded: s.isFolded === 1 },
        ...{ x: x!, y, rows: rows!, columns: columns!, scratch },
      }),
  }),
  resampleMatrixGradients: tested({
    sizes: resampling,
    inputs: (s: Resampling) => [
      s.batch * s.inHeight * s.inWidth * s.channels,
      s.batch * s.outHeight * s.outWidth * s.channels,
      kernels.tableFloats({ m: s.outHeight, k: s.inHeight }),
      kernels.tableFloats({ m: s.inWidth, k: s.outWidth }),
    ],
    output: (s) => s.outHeight * s.inHeight + s.outWidth * s.inWidth,
    scratch: (s) => kernels.resampleMatrixGradientsScratch({ ...s, rank: 0 }),
    run: (k, s, [x, dy, rows, columnsTransposed], dRows, scratch) =>
      k.resampleMatrixGradients({
        ...{ ...s, ...none, isFolded: s.isFolded === 1, scratch },
        ...{ x: x!, dy: dy!, rows: rows!, columnsTransposed: columnsTransposed! },
        ...{ dRows, dColumns: dRows + 4 * s.outHeight * s.inHeight },
        ...{ synthesisTransposed: 0, dSynthesis: 0, dSkewColumns: 0 },
      }),
  }),
};

describe('Wide tiles', () => {
  it.each(Object.entries(CASES))('give the same bits as others in %s', (_, test) => {
    test((run) => expect(run(true)).toEqual(run(false)));
  });

  it.each(Object.entries(CASES))('keep what follows the output of %s', (_, test) => {
    const untouched = new Float32Array(GUARD).fill(UNTOUCHED);
    test((run) => expect(run(true).slice(-GUARD)).toEqual(untouched));
  });
});
