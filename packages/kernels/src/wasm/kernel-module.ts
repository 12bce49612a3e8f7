import { readWasm, type WasmSource } from '@ds/checks';
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { relaxedSimd } from 'wasm-feature-detect';
import { type KernelVariant, kernelFile } from '../kernel-files.js';
import { BUILD, byName, type KernelExports } from './kernel-exports.js';
import { guardAllocations } from './out-of-memory.js';
import type { WasmBackend } from './wasm-backend.js';

/**
 * Copies of the two modules, for bundlers that do not find the files in this package: the URL of a
 * folder with `kernels.wasm` and `kernels-relaxed.wasm`, or each module's URL or bytes. Without
 * `'relaxed-simd'`, every engine takes `simd`.
 */
export type KernelFiles = string | URL | { simd: WasmSource; 'relaxed-simd'?: WasmSource };

/** The SIMD kernels, linked into the memory of one backend. */
export interface KernelModule {
  variant: KernelVariant;
  kernels: KernelExports;
  /** Returns the address of a tensor's values. */
  address(tensor: TensorInfo): number;
  /** Returns a view of a float32 tensor's values. It is valid until the memory grows. */
  values(tensor: TensorInfo): Float32Array;
  /** Returns the address of scratch space for `floats` values. All kernels share one allocation. */
  scratch(floats: number): number;
  /** Copies small tables to scratch space, one after the other, and returns their addresses. */
  tables<Name extends string>(lists: Record<Name, Int32Array | Float32Array>): Record<Name, number>;
}

const modules = new WeakMap<KernelBackend, KernelModule>();

/** Returns the module of a backend, or `undefined` if {@link linkKernels} has not linked one. */
export function kernelModule(backend: unknown): KernelModule | undefined {
  return modules.get(backend as KernelBackend);
}

/**
 * Compiles the kernels and links them into the backend's memory, where they read and write tensors
 * in place. Returns `null`, or the reason why this engine or this tfjs cannot run them.
 *
 * @param files where the modules are. Default: in this package.
 * @throws DataError if a module cannot be read.
 */
export async function linkKernels(
  backend: KernelBackend,
  files?: KernelFiles,
): Promise<string | null> {
  if (modules.has(backend)) return null;
  const { wasm, dataIdMap } = backend as WasmBackend;
  const memory = wasm?.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || typeof wasm._malloc !== 'function') {
    return 'this version of tfjs does not expose its wasm memory';
  }
  guardAllocations(wasm, memory);
  let kernels: KernelExports;
  const variant = has(files, 'relaxed-simd') && (await relaxedSimd()) ? 'relaxed-simd' : 'simd';
  const bytes = await readWasm('useBackend', () => moduleOf(variant, files), BUILD, REMEDY);
  try {
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    kernels = byName(instance.exports);
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
        // Drops the old space first. If the new allocation fails, freed memory must not be used
        // again.
        reserved = { address: 0, floats: 0 };
        if (former) wasm._free(former);
        reserved = { address: wasm._malloc(4 * floats) >>> 0, floats };
      }
      return reserved.address;
    },
    tables: (lists) => {
      const names = Object.keys(lists) as (keyof typeof lists)[];
      let at = module.scratch(names.reduce((total, name) => total + lists[name].length, 0));
      const addresses = {} as Record<keyof typeof lists, number>;
      for (const name of names) {
        const list = lists[name];
        addresses[name] = at;
        // Reads the buffer again for each list, since growing memory replaces it.
        new (list.constructor as Int32ArrayConstructor)(memory.buffer, at, list.length).set(list);
        at += 4 * list.length;
      }
      return addresses;
    },
  };
  modules.set(backend, module);
  return null;
}

const REMEDY =
  'Serve the files kernels.wasm and kernels-relaxed.wasm of @ds/kernels/dist, and give their ' +
  "folder: useBackend('wasm', { kernels: '/wasm/' })";

function has(files: KernelFiles | undefined, variant: KernelVariant): boolean {
  if (files === undefined || typeof files === 'string' || files instanceof URL) return true;
  return files[variant] !== undefined;
}

function moduleOf(variant: KernelVariant, files: KernelFiles | undefined): WasmSource {
  if (files === undefined) return kernelFile(variant);
  if (typeof files === 'object' && !(files instanceof URL)) return files[variant]!;
  const name = variant === 'simd' ? 'kernels.wasm' : 'kernels-relaxed.wasm';
  return `${String(files).replace(/\/?$/, '/')}${name}`;
}
