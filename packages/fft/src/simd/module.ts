import { readWasm, StateError, type WasmSource } from '@ds/checks';
import { simdFile } from '../simd-file.js';
import { BUILD } from './build.js';

/** Addresses are in bytes, sizes in numbers. A plan's address is a multiple of 64. */
interface Planes {
  planeBytes(height: number, width: number): number;
  makePlane(plan: number, height: number, width: number): void;
  forwardPlanes(
    plan: number,
    count: number,
    x: number,
    real: number,
    imag: number,
    factor: number,
  ): void;
  inversePlanes(
    plan: number,
    count: number,
    real: number,
    imag: number,
    x: number,
    factor: number,
  ): void;
}

interface Signals {
  complexBytes(length: number): number;
  makeComplex(plan: number, length: number): void;
  complex(plan: number, re: number, im: number, toRe: number, toIm: number, factor: number): void;
}

type Functions = Planes & Signals;
type Name = keyof Functions;

/** The functions of the compiled module, for both precisions. */
export type SimdExports = { [Key in Name as `${Key}32`]: Functions[Key] } & {
  [Key in Name as `${Key}64`]: Functions[Key];
};

/** A number type of the transforms. */
export type Precision = 'float64' | 'float32';

/** The functions for one precision. */
export function functionsFor(exports: SimdExports, precision: Precision): Functions {
  const bits = precision === 'float32' ? 32 : 64;
  return {
    planeBytes: exports[`planeBytes${bits}`],
    makePlane: exports[`makePlane${bits}`],
    forwardPlanes: exports[`forwardPlanes${bits}`],
    inversePlanes: exports[`inversePlanes${bits}`],
    complexBytes: exports[`complexBytes${bits}`],
    makeComplex: exports[`makeComplex${bits}`],
    complex: exports[`complex${bits}`],
  };
}

let compiled: WebAssembly.Module | null = null;

const REMEDY =
  'Serve the file fft.wasm of @ds/fft/dist, and give its URL: ' +
  "loadSimd({ module: '/wasm/fft.wasm' })";

/** Compiles the module. By default, its file is the one in this package. */
export async function compile(module?: WasmSource): Promise<void> {
  const locate = () => module ?? simdFile();
  compiled = await WebAssembly.compile(await readWasm('loadSimd', locate, BUILD, REMEDY));
}

/**
 * The compiled module.
 *
 * @throws StateError if it is not compiled.
 */
export function compiledModule(owner: string): WebAssembly.Module {
  if (compiled) return compiled;
  throw new StateError(`${owner}: the module must be loaded, call \`await loadSimd()\` first`);
}
