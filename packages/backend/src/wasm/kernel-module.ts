import type { DataId, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { relaxedSimd } from 'wasm-feature-detect';
import { guardAllocations } from './out-of-memory.js';

/**
 * The two modules that `assembly/` is compiled to. `'relaxed-simd'` multiplies and adds in one
 * instruction; engines have it since V8 11.4 (Node 22), and Node 20 behind a flag.
 */
export type KernelVariant = 'simd' | 'relaxed-simd';

/**
 * What `assembly/` exports. Addresses are in bytes. Sizes are in elements, also those that it
 * returns.
 */
export interface KernelExports {
  leftMultiplyScratch(m: number, k: number): number;
  convolutionForwardScratch(...sizes: number[]): number;
  batchNormForwardScratch(channels: number): number;
  batchNormBackwardScratch(channels: number): number;
  turnedFilterFloats(taps: number, inChannels: number, outChannels: number): number;
  winogradScratch(inChannels: number, outChannels: number): number;
  winogradFilterScratch(inChannels: number, outChannels: number): number;
  resampleRowsFirstScratch(...sizes: number[]): number;
  resampleColumnsFirstScratch(...sizes: number[]): number;
  resampleMatrixGradientsScratch(...sizes: number[]): number;
  /**
   * The number of floats in the table that `prepareMatrix` makes of a matrix of m rows and k
   * columns.
   */
  tableFloats(m: number, k: number): number;
  /** The number of rows that a folded matrix of n rows keeps. */
  evenCount(n: number): number;
  productSteps(): number;
  leftMultiply(
    a: number,
    x: number,
    y: number,
    scratch: number,
    batch: number,
    m: number,
    k: number,
    n: number,
  ): void;
  leftMultiplyGradient(
    dy: number,
    x: number,
    da: number,
    batch: number,
    m: number,
    k: number,
    n: number,
  ): void;
  matrixProduct(...sizes: number[]): void;
  convolutionForward(...sizes: number[]): void;
  convolutionFilterGradient(...sizes: number[]): void;
  convolutionInputGradient(...sizes: number[]): void;
  batchNormForward(...sizes: number[]): void;
  batchNormBackward(...sizes: number[]): void;
  normalise(...sizes: number[]): void;
  clamp(x: number, y: number, count: number, low: number, high: number): void;
  reluGradient(dy: number, x: number, dx: number, count: number): void;
  sgdMomentum(...sizes: number[]): void;
  turnFilter(...sizes: number[]): void;
  winograd(...sizes: number[]): void;
  winogradFilterGradient(...sizes: number[]): void;
  axisTaps(...sizes: number[]): void;
  productRounds(a: number, x: number, y: number, rounds: number): void;
  prepareMatrix(...sizes: number[]): void;
  resampleRowsFirst(...sizes: number[]): void;
  resampleColumnsFirst(...sizes: number[]): void;
  resampleMatrixGradients(...sizes: number[]): void;
  regionMax(...sizes: number[]): void;
  regionMaxGradient(...sizes: number[]): void;
  columnSums(x: number, y: number, outer: number, rows: number, columns: number): void;
  rowSums(x: number, y: number, rows: number, columns: number, divisor: number): void;
  activate(...sizes: number[]): void;
  depthwiseForward(...sizes: number[]): void;
  depthwiseInputGradient(...sizes: number[]): void;
  depthwiseFilterGradient(...sizes: number[]): void;
  repeatValues(x: number, y: number, count: number, times: number): void;
  sumRuns(x: number, y: number, count: number, size: number): void;
}

/** The part of tfjs's wasm backend that lets a second module work in its memory. */
export interface WasmBackend extends KernelBackend {
  wasm: {
    asm?: { memory?: WebAssembly.Memory };
    /** Never returns 0 once {@link guardAllocations} has seen it. */
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** tfjs's module calls this when it gives up. */
    onAbort?: (reason: unknown) => void;
  };
  dataIdMap: { get(id: DataId): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
}

/** The SIMD kernels, linked into the memory of one backend. */
export interface KernelModule {
  variant: KernelVariant;
  kernels: KernelExports;
  /** Address of a tensor's values. */
  address(tensor: TensorInfo): number;
  /** A float32 tensor's values themselves, until the memory grows. */
  values(tensor: TensorInfo): Float32Array;
  /** Address of scratch space for `floats` values, allocated once and reused by every kernel. */
  scratch(floats: number): number;
  /** Copies small tables into that space, one behind the other, and returns their addresses. */
  tables(...lists: (Int32Array | Float32Array)[]): number[];
}

const modules = new WeakMap<KernelBackend, KernelModule>();

/** The module of a backend, if {@link linkKernels} could link one. */
export function kernelModule(backend: unknown): KernelModule | undefined {
  return modules.get(backend as KernelBackend);
}

/**
 * Compiles the kernels and links them into the backend's memory: they read and write tensors in
 * place. Returns why it could not, or `null`.
 */
export async function linkKernels(backend: KernelBackend): Promise<string | null> {
  if (modules.has(backend)) return null;
  const { wasm, dataIdMap } = backend as WasmBackend;
  const memory = wasm?.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || typeof wasm._malloc !== 'function') {
    return 'this version of tfjs does not show its wasm memory';
  }
  guardAllocations(wasm, memory);
  let kernels: KernelExports;
  const variant = (await relaxedSimd()) ? 'relaxed-simd' : 'simd';
  try {
    const bytes = await kernelBytes(variant);
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    kernels = instance.exports as unknown as KernelExports;
  } catch (error) {
    return `the SIMD kernels did not load (${error instanceof Error ? error.message : error})`;
  }
  let reserved = { address: 0, floats: 0 };
  const address = (tensor: TensorInfo) => dataIdMap.get(tensor.dataId).memoryOffset;
  const module: KernelModule = {
    variant,
    kernels,
    address,
    values: (tensor) => {
      const size = tensor.shape.reduce((product, side) => product * side, 1);
      return new Float32Array(memory.buffer, address(tensor), size);
    },
    scratch: (floats) => {
      if (floats > reserved.floats) {
        const former = reserved.address;
        // Forgets the old space before anything can fail, since freed memory must not be used
        // again.
        reserved = { address: 0, floats: 0 };
        if (former) wasm._free(former);
        reserved = { address: wasm._malloc(4 * floats) >>> 0, floats };
      }
      return reserved.address;
    },
    tables: (...lists) => {
      let at = module.scratch(lists.reduce((total, { length }) => total + length, 0));
      return lists.map((list) => {
        const address = at;
        // The buffer is taken anew each time: it is replaced when the memory grows.
        new (list.constructor as Int32ArrayConstructor)(memory.buffer, at, list.length).set(list);
        at += 4 * list.length;
        return address;
      });
    },
  };
  modules.set(backend, module);
  return null;
}

/** The compiled module, from the file system in Node and over the network in browsers. */
async function kernelBytes(variant: KernelVariant): Promise<BufferSource> {
  // Written out, so that bundlers see both files.
  const url =
    variant === 'simd'
      ? new URL('../../dist/kernels.wasm', import.meta.url)
      : new URL('../../dist/kernels-relaxed.wasm', import.meta.url);
  if (url.protocol === 'file:') {
    const { readFile } = await import('node:fs/promises');
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.arrayBuffer();
}
