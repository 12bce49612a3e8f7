import type { RunConfig } from '../config/run-config.js';
import type { RunResult } from './run-result.js';

/** What a thread holds after a run. */
export interface HeldMemory {
  /** Number of tensors of tfjs. */
  tensors: number;
  /** Bytes outside of V8's heap, WebAssembly memory included. */
  external: number;
  /** Bytes of V8's heap in use. */
  heapUsed: number;
}

/** The most memory of a thread that waits, in bytes. */
const MOST_HELD = 256 * 2 ** 20;

/**
 * Whether a thread may execute another run, which saves three seconds of loading and compiling. A
 * thread with much memory may not: WebAssembly memory never shrinks, and a thread that waits does
 * not collect its garbage. Leaked tensors would never be freed. A GPU keeps more state than tfjs
 * can give back.
 */
export function mayRunAgain(
  { backend }: Pick<RunConfig, 'backend'>,
  { stopped }: Pick<RunResult, 'stopped'>,
  { tensors, external, heapUsed }: HeldMemory,
): boolean {
  return backend !== 'webgpu' && !stopped && tensors === 0 && external + heapUsed <= MOST_HELD;
}
