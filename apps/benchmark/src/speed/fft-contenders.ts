import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RealFft, RealFft2d } from '@ds/fft/plan';
import { loadSimd, type Precision, SimdRealFft, SimdRealFft2d } from '@ds/fft/simd';
import pffftModule from '@echogarden/pffft-wasm/simd';
import FFT from 'fft.js';
import kissfft from 'kissfft-js';
import mlFft from 'ml-fft';
import { PYTHON } from '../places.js';
import { startPython } from './python-program.js';

/** A library that computes FFTs of real signals, in 1D or 2D. */
export interface FftContender {
  name: string;
  /** Version and precision. */
  version: string;
  /** Mean time of `runs` transforms, in ms; `null` if the library does not support the shape. */
  time(shape: number[], runs: number): Promise<number> | number | null;
  close(): void | Promise<void>;
}

/** All contenders: `@ds/fft` first, other npm packages, and numpy if it is installed. */
export async function fftContenders(): Promise<FftContender[]> {
  await loadSimd();
  const packages = [
    ours(),
    simd('@ds/fft/simd', 'float64'),
    simd('@ds/fft/simd in float32', 'float32'),
    inProcess('fft.js', 'float64', fftJs),
    inProcess('ml-fft', 'float64, complex', mlFftOf),
    inProcess('kissfft-js', 'float32, asm.js', kissFft),
    inProcess('@echogarden/pffft-wasm', 'float32, SIMD', await pffft()),
  ];
  const numpy = await numpyContender();
  return numpy ? [...packages, numpy] : packages;
}

const isPowerOfTwo = (n: number) => n > 1 && (n & (n - 1)) === 0;

function signal(length: number): Float64Array {
  return Float64Array.from({ length }, (_, t) => Math.sin(t * t));
}

function ours(): FftContender {
  const plan = (shape: number[]) => {
    const x = signal(shape.reduce((size, n) => size * n, 1));
    const [height, width] = shape.slice(-2) as [number, number];
    const fft = shape.length === 1 ? new RealFft(shape[0]!) : new RealFft2d(height, width);
    const out = fft.forward(x);
    return () => fft.forward(x, out);
  };
  return { ...inProcess('@ds/fft', 'float64', plan, true), version: 'this repository, float64' };
}

/** As pffft, the plans read and write their own memory, except for several planes. */
function simd(name: string, precision: Precision): FftContender {
  const plan = (shape: number[]) => {
    const x = signal(shape.reduce((size, n) => size * n, 1));
    const [height, width] = shape.slice(-2) as [number, number];
    if (shape.length === 1) {
      const fft = new SimdRealFft(shape[0]!, { precision });
      fft.signal.set(x);
      return () => fft.forward(fft.signal, fft.spectrum);
    }
    const fft = new SimdRealFft2d(height, width, { precision });
    if (shape.length === 2) {
      fft.plane.set(x);
      return () => fft.forward(fft.plane, fft.spectrum);
    }
    const [given, out] = [precision === 'float32' ? Float32Array.from(x) : x, fft.forward(x)];
    return () => fft.forward(given, out);
  };
  return { ...inProcess(name, precision, plan, true), version: `this repository, ${precision}` };
}

/** Creates one plan for each shape and times the calls only. */
function inProcess(
  name: string,
  precision: string,
  planOf: (shape: number[]) => (() => unknown) | null,
  takesPlanes = false,
): FftContender {
  const plans = new Map<string, (() => unknown) | null>();
  return {
    name,
    version: takesPlanes ? precision : `${versionOf(name)}, ${precision}`,
    time: (shape, runs) => {
      const key = shape.join('×');
      if (!plans.has(key)) plans.set(key, takesPlanes || shape.length === 1 ? planOf(shape) : null);
      const run = plans.get(key);
      if (!run) return null;
      const start = performance.now();
      for (let i = 0; i < runs; i++) run();
      return (performance.now() - start) / runs;
    },
    close: () => {},
  };
}

/** Searches upward from the entry file: some packages do not export their manifest. */
function versionOf(name: string): string {
  const entry = name.startsWith('@echogarden') ? `${name}/simd` : name;
  let folder = path.dirname(fileURLToPath(import.meta.resolve(entry)));
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
}

function fftJs([n]: number[]): (() => unknown) | null {
  if (!isPowerOfTwo(n!)) return null;
  const fft = new FFT(n!);
  const [x, out] = [Array.from(signal(n!)), fft.createComplexArray()];
  return () => fft.realTransform(out, x);
}

function mlFftOf([n]: number[]): (() => unknown) | null {
  if (!isPowerOfTwo(n!)) return null;
  const [re, im] = [Array.from(signal(n!)), new Array<number>(n!).fill(0)];
  return () => {
    // The package has one global plan, with tables for the last length.
    mlFft.FFT.init(n!);
    mlFft.FFT.fft(re, im);
    re.fill(0.5);
  };
}

function kissFft([n]: number[]): (() => unknown) | null {
  // The memory of this module cannot grow.
  if (n! % 2 !== 0 || n! > 32_768) return null;
  const [fft, x] = [new kissfft.FFTR(n!), Float32Array.from(signal(n!))];
  return () => fft.forward(x);
}

async function pffft() {
  const module = await pffftModule();
  return ([n]: number[]): (() => unknown) | null => {
    // SIMD needs multiples of 32 with prime factors up to 5. The memory cannot grow.
    const plan = n! % 32 === 0 && n! <= 16_384 ? module._pffft_new_setup(n!, 0) : 0;
    if (plan === 0) return null;
    const [x, y] = [module._pffft_aligned_malloc(4 * n!), module._pffft_aligned_malloc(4 * n!)];
    module.HEAPF32.set(signal(n!), x >> 2);
    return () => module._pffft_transform_ordered(plan, x, y, 0, 0);
  };
}

async function numpyContender(): Promise<FftContender | null> {
  const program = await startPython<{ version: string }>(PYTHON.numpy);
  if (!program) return null;
  return {
    name: 'numpy',
    version: `${program.hello.version}, float64, keeps its memory`,
    time: async (shape, runs) => {
      const answer = await program.ask<{ ms: number }>({ shape, runs });
      if (!answer) throw new Error('speed fft: numpy ended early');
      return answer.ms;
    },
    close: program.close,
  };
}
