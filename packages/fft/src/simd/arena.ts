import { ConfigError } from '@ds/checks';
import type { FloatArray } from '../real-kernel.js';
import { compiledModule, functionsFor, type Precision, type SimdExports } from './module.js';

/** Space for a plan and its arrays in the memory of one instance of the module. */
export interface Space {
  functions: ReturnType<typeof functionsFor>;
  /** The address of the plan. */
  plan: number;
  /** The arrays, and their addresses. */
  arrays: { address: number; values: FloatArray }[];
}

/** One instance of the module. Its memory never grows, so arrays in it stay valid. */
interface Arena {
  exports: SimdExports;
  memory: WebAssembly.Memory;
  used: number;
}

const PAGE = 65_536;
/** The bytes of an arena, unless a plan needs more. */
const ARENA = 64 * PAGE;
/** The largest memory of a WebAssembly module. */
const LARGEST = 65_535 * PAGE;
/** A cache line. */
const LINE = 64;

/**
 * The arena of the next plan. A full arena is dropped. Its plans hold it, so it is freed with the
 * last of them.
 */
let current: Arena | null = null;

/**
 * Reserves space for a plan and for arrays of the given lengths.
 *
 * @throws ConfigError if a WebAssembly memory cannot hold them.
 */
export function reserve(
  owner: string,
  precision: Precision,
  planBytes: (functions: Space['functions']) => number,
  lengths: readonly number[],
): Space {
  current ??= arena(owner, ARENA);
  const plan = aligned(planBytes(functionsFor(current.exports, precision)));
  const size = precision === 'float32' ? 4 : 8;
  // Vectors may read up to 16 bytes past an array.
  const sizes = lengths.map((length) => aligned(length * size + 16));
  const bytes = sizes.reduce((sum, one) => sum + one, plan);
  if (current.used + bytes > current.memory.buffer.byteLength) {
    if (bytes > LARGEST - LINE) {
      throw new ConfigError(
        `${owner}: the plan must fit into ${LARGEST} bytes, got ${bytes}. ` +
          'Use a plan of @ds/fft/plan',
      );
    }
    const fresh = arena(owner, Math.max(ARENA, bytes + LINE));
    if (bytes >= ARENA / 2) return placed(fresh, precision, plan, lengths, sizes);
    current = fresh;
  }
  return placed(current, precision, plan, lengths, sizes);
}

function placed(
  from: Arena,
  precision: Precision,
  plan: number,
  lengths: readonly number[],
  sizes: readonly number[],
): Space {
  const Values = precision === 'float32' ? Float32Array : Float64Array;
  const start = from.used;
  let at = start + plan;
  const arrays = lengths.map((length, i) => {
    const address = at;
    at += sizes[i]!;
    return { address, values: new Values(from.memory.buffer, address, length) };
  });
  from.used = at;
  return { functions: functionsFor(from.exports, precision), plan: start, arrays };
}

function arena(owner: string, bytes: number): Arena {
  const compiled = compiledModule(owner);
  const pages = Math.ceil(bytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  // Address 0 means no address.
  return { exports: instance.exports as unknown as SimdExports, memory, used: LINE };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}
