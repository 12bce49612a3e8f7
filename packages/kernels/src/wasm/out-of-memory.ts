import type { WasmBackend } from './kernel-module.js';

/** The most bytes that 32-bit WebAssembly can have. tfjs's module does not grow beyond them. */
const LIMIT = 2 ** 32 - 2 ** 16;
/**
 * The least and the most bytes that stay free. tfjs's kernels allocate memory of their own, among
 * it XNNPACK's packed filters. If that fails, they go on with a warning, and leave their output
 * uninitialised.
 */
const RESERVE = [2 ** 26, 2 ** 28] as const;

const MEBIBYTE = 2 ** 20;

/**
 * Holds, for each guarded module, whether its guard is on, and a check that throws if it has not so
 * many bytes left.
 */
const guards = new WeakMap<object, { isOn: boolean; check: (bytes: number) => void }>();

/** Switches the guard of a module on or off. Returns `false` if the module has none. */
export function switchGuard(wasm: WasmBackend['wasm'] | undefined, isOn: boolean): boolean {
  const guard = wasm && guards.get(wasm);
  if (guard) guard.isOn = isOn;
  return guard !== undefined;
}

/**
 * Throws if a kernel of tfjs could not allocate so many bytes of its own. The kernel would go on
 * without.
 */
export function requireSpace(wasm: WasmBackend['wasm'] | undefined, bytes: number): void {
  const guard = wasm && guards.get(wasm);
  if (guard?.isOn) guard.check(bytes);
}

/**
 * Lets a failed allocation of a wasm backend throw an error, for tfjs and for this package. From
 * then on every allocation throws the same error. If tfjs's `malloc` fails, it returns 0, and tfjs
 * does not check that: it would write outputs over its own data, at address 0. If a size is 4 GiB
 * or more, `malloc` takes the remainder, with the same effect.
 */
export function guardAllocations(wasm: WasmBackend['wasm'], memory: WebAssembly.Memory): void {
  if (guards.has(wasm)) return;
  // On its first call, the function replaces itself with the one that it stands for.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  let failure: Error | null = null;
  let largest: number = RESERVE[0];
  const fail = (bytes: number) => {
    failure ??= outOfMemory(bytes, memory.buffer.byteLength);
    return failure;
  };
  const isLeft = (bytes: number) => {
    if (memory.buffer.byteLength + bytes <= LIMIT) return true;
    const address = allocate(bytes);
    if (address !== 0) wasm._free(address);
    return address !== 0;
  };
  const check = (bytes: number) => {
    if (failure) throw failure;
    if (!isLeft(bytes)) throw fail(bytes);
  };
  const guard = { isOn: true, check };
  guards.set(wasm, guard);
  wasm._malloc = (bytes) => {
    if (!guard.isOn) return allocate(bytes);
    if (failure) throw failure;
    const address = bytes <= LIMIT ? allocate(bytes) >>> 0 : 0;
    if (address === 0) throw fail(bytes);
    largest = Math.max(largest, Math.min(bytes, RESERVE[1]));
    if (isLeft(largest)) return address;
    wasm._free(address);
    throw fail(bytes);
  };
  wasm.onAbort = () => {
    if (guard.isOn) throw fail(0);
  };
}

function outOfMemory(bytes: number, taken: number): Error {
  const wanted = bytes > 0 ? `${mebibytes(bytes)} MiB more were asked for` : 'tfjs gave up';
  return new Error(
    `wasm: out of memory: ${wanted}, and the backend has ${mebibytes(taken)} of at most ` +
      `${mebibytes(LIMIT)} MiB. It computes nothing from here on, ` +
      'since the numbers would be wrong; tensors can still be read. ' +
      'Start the program anew with smaller batches or images, ' +
      "or go on with useBackend('cpu') or useBackend('webgpu')",
  );
}

const mebibytes = (bytes: number) => Math.ceil(bytes / MEBIBYTE);
