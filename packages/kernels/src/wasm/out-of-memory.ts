import { ConfigError } from '@ds/checks';
import { OutOfMemoryError } from './out-of-memory-error.js';
import type { WasmBackend } from './wasm-backend.js';

/** The largest memory of 32-bit WebAssembly, in bytes. tfjs's module does not grow beyond it. */
const LIMIT = 2 ** 32 - 2 ** 16;
/**
 * The smallest and the largest number of bytes to keep free. tfjs's kernels allocate memory
 * internally, for example XNNPACK's packed filters. If such an allocation fails, they only warn,
 * and leave their output uninitialised.
 */
const RESERVE = [2 ** 26, 2 ** 28] as const;

const MEBIBYTE = 2 ** 20;

/** The guard of each module: whether it is on, and a check that throws if fewer bytes are left. */
const guards = new WeakMap<object, { isOn: boolean; check: (bytes: number) => void }>();

/** Switches the guard of a module on or off. Returns `false` if the module has none. */
export function switchGuard(wasm: WasmBackend['wasm'] | undefined, isOn: boolean): boolean {
  const guard = wasm && guards.get(wasm);
  if (guard) guard.isOn = isOn;
  return guard !== undefined;
}

/**
 * @throws OutOfMemoryError if a kernel of tfjs could not allocate this many bytes internally. The
 *   kernel itself would not fail.
 */
export function requireSpace(wasm: WasmBackend['wasm'] | undefined, bytes: number): void {
  const guard = wasm && guards.get(wasm);
  if (guard?.isOn) guard.check(bytes);
}

/**
 * Makes failed allocations of a wasm backend throw an {@link OutOfMemoryError}, in tfjs and in this
 * package. After a failure, every allocation throws the same error. Without the guard, tfjs's
 * `malloc` returns 0. tfjs does not check that, and writes outputs over its own data at address 0.
 * For sizes of 4 GiB or more, `malloc` allocates the remainder, with the same effect.
 */
export function guardAllocations(wasm: WasmBackend['wasm'], memory: WebAssembly.Memory): void {
  if (guards.has(wasm)) return;
  // The first call of `_malloc` replaces it with the real function.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  let failure: OutOfMemoryError | null = null;
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
    // A wrong argument, after which the backend is as it was.
    if (Number.isNaN(bytes)) {
      throw new ConfigError(
        'wasm: every size in the shape of a tensor must be a number, got NaN; ' +
          'a layer or an op got an argument of another form, such as one number for a pair',
      );
    }
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

function outOfMemory(bytes: number, taken: number): OutOfMemoryError {
  const wanted = bytes > 0 ? `${mebibytes(bytes)} MiB more were requested` : 'tfjs aborted';
  return new OutOfMemoryError(
    `wasm: out of memory: ${wanted}, and the backend has ${mebibytes(taken)} of at most ` +
      `${mebibytes(LIMIT)} MiB. It refuses further computation, ` +
      'since results would be wrong. Tensors can still be read. ' +
      'Restart the program with smaller batches or images, ' +
      "or continue with useBackend('cpu') or useBackend('webgpu')",
  );
}

const mebibytes = (bytes: number) => Math.ceil(bytes / MEBIBYTE);
