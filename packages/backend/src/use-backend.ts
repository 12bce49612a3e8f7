import {
  type Check,
  ConfigError,
  describe,
  refuse,
  requireOptions,
  requireWasmSource,
} from '@ds/checks';
import type { KernelFiles, KernelVariant } from '@ds/kernels/wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './backend-name.js';
import { TESTED_TFJS } from './tested-tfjs.js';

/** The backend that {@link useBackend} chose, and the reason. */
export interface BackendInfo {
  /** The backend in use, as `tf.getBackend()` returns it. */
  name: BackendName;
  /** One sentence: the reason for this backend. */
  reason: string;
  /** Kernels that this package added, because the backend has none. */
  added: string[];
  /**
   * Kernels that this package replaced, because the backend's are wrong or too slow to train with.
   */
  replaced: string[];
  /**
   * Wrong results of tfjs on this backend that this package repairs. `src/repairs` describes each.
   */
  repaired: string[];
  /**
   * The SIMD kernels in tfjs's wasm memory. `'relaxed-simd'` has a multiply-add instruction; `null`
   * means none.
   */
  kernels: KernelVariant | null;
  /**
   * Names of the `tfjsChanges` of this backend that are not made, because they are switched off or
   * not possible.
   */
  without: string[];
}

/** Options of {@link useBackend}. */
export interface BackendOptions {
  /**
   * Names of `tfjsChanges` (of `@ds/backend/changes`) to switch off. Changes that are already made
   * are reverted. The next call makes all changes again that it does not name. Default: none.
   */
  without?: readonly string[];
  /**
   * On wasm: copies of the SIMD kernels, `kernels.wasm` and `kernels-relaxed.wasm` of
   * `@ds/kernels/dist`. Either the URL of their folder, or `{ simd, 'relaxed-simd' }` with the URL
   * or the bytes of each. Default: the files in the package. Node, webpack and Vite find those;
   * other bundlers need copies. The option has no effect once kernels are linked.
   */
  kernels?: KernelFiles;
}

/** The import of each backend. Each is an optional peer of this package. */
const IMPORTS: Record<BackendName, { module: string; load: () => Promise<unknown> }> = {
  cpu: {
    module: '@tensorflow/tfjs-backend-cpu',
    load: () => import('@tensorflow/tfjs-backend-cpu'),
  },
  wasm: {
    module: '@tensorflow/tfjs-backend-wasm',
    load: () => import('@tensorflow/tfjs-backend-wasm'),
  },
  webgl: {
    module: '@tensorflow/tfjs-backend-webgl',
    load: () => importOptional('@tensorflow/tfjs-backend-webgl'),
  },
  webgpu: {
    module: '@tensorflow/tfjs-backend-webgpu',
    load: () => importOptional('@tensorflow/tfjs-backend-webgpu'),
  },
  tensorflow: {
    module: '@tensorflow/tfjs-node',
    load: () => importOptional('@tensorflow/tfjs-node'),
  },
};

/**
 * Sets the tfjs backend, and completes it for training convolutional networks.
 *
 * On `'wasm'` it links SIMD kernels into tfjs's memory. They add kernels that a training step needs
 * and tfjs does not have, such as the filter gradient of a convolution, and replace naive loops.
 * The gradient of ReLU and the training call of tfjs-layers' batch norm use them too. Engines with
 * relaxed SIMD (Node 22, Chrome 114, Node 20 with `--experimental-wasm-relaxed-simd`) get kernels
 * compiled for it. tfjs's threads stay off, also in pages that are cross-origin isolated. If tfjs
 * does not expose its memory, or the engine has no SIMD, the kernels are composed from tfjs's own,
 * and `reason` says so.
 *
 * A backend that is already registered is not loaded again. A bundler finds only wasm and cpu, so a
 * bundled page must first import `@tensorflow/tfjs-backend-webgl` (or `-webgpu`).
 * `'auto'` chooses wasm in Node, and in a browser the first of webgpu, webgl and wasm that starts.
 * The last choice is `'cpu'`. The function may be called again, also with another name.
 *
 * `tfjsChanges` of `@ds/backend/changes` lists all changes that it makes in tfjs. `without`
 * switches some off.
 *
 * Calls run one after the other. Equal concurrent calls run once. Of different concurrent calls,
 * the last that succeeds wins: the others wait for it and return its result, with a reason that
 * names it. If a call fails, the earlier backend stays in use.
 *
 * @returns the backend in use, the reason, and the kernels that were added and replaced
 * @throws ConfigError if the name or an option is unknown, Error if the package of a named backend
 *   is missing or the backend does not start, DataError if the SIMD kernels cannot be read. With
 *   `'auto'`, it throws Error only if no backend starts.
 */
export async function useBackend(
  name: 'auto' | BackendName = 'auto',
  options: BackendOptions = {},
): Promise<BackendInfo> {
  requireName(name);
  const chosen = chosenOf(options);
  const key = JSON.stringify([name, chosen.without.toSorted()]);
  if (last?.key === key && last.kernels === chosen.kernels) return last.result;
  const own = queue.then(() => attempt(name, chosen));
  const turn = own.then(
    (info) => {
      latest = { name, info };
    },
    () => undefined,
  );
  queue = turn;
  const result = own.then(async (info) => {
    await untilIdle();
    return truth(name, info);
  });
  last = { key, kernels: chosen.kernels, result };
  const forget = () => {
    if (last?.result === result) last = null;
  };
  result.then(forget, forget);
  return result;
}

/** The last call, if it has not ended. */
let last: { key: string; kernels?: KernelFiles; result: Promise<BackendInfo> } | null = null;

/** Resolves when all earlier calls have run. */
let queue: Promise<void> = Promise.resolve();

/** The last call that succeeded. */
let latest: { name: string; info: BackendInfo } | null = null;

async function untilIdle(): Promise<void> {
  let seen: Promise<void>;
  do {
    seen = queue;
    await seen;
  } while (seen !== queue);
}

/** Returns the result of a successful call, once no other call is waiting. */
function truth(name: string, own: BackendInfo): BackendInfo {
  const { name: winner, info } = latest!;
  if (tf.getBackend() !== info.name) {
    throw new Error(
      `useBackend: '${info.name}' started, ` +
        `but tf.setBackend put tfjs on '${tf.getBackend()}' meanwhile`,
    );
  }
  if (info === own) return own;
  const reason =
    `useBackend('${winner}') was called after ` + `useBackend('${name}'), before that ended`;
  return { ...info, reason: `${info.reason}; ${reason}` };
}

function requireName(name: unknown): void {
  if (name === 'auto' || (typeof name === 'string' && Object.hasOwn(IMPORTS, name))) return;
  throw new ConfigError(
    `useBackend: name must be 'auto' or one of ${Object.keys(IMPORTS).join(', ')}, ` +
      `got ${describe(name)}`,
  );
}

interface Chosen {
  without: readonly string[];
  kernels: KernelFiles | undefined;
}

function chosenOf(options: BackendOptions): Chosen {
  requireOptions<BackendOptions>('useBackend', 'options', options, {
    without: requireNames,
    kernels: requireKernelFiles,
  });
  return { without: [...new Set(options.without)], kernels: options.kernels };
}

const requireNames: Check = (fn, name, value) => {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return;
  refuse(fn, name, 'be a list of names of tfjsChanges', value);
};

const requireKernelFiles: Check = (fn, name, value) => {
  if ((typeof value === 'string' && value) || value instanceof URL) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(fn, name, "be the URL of a folder, or { simd, 'relaxed-simd' }", value);
  }
  const checks = { simd: requireWasmSource, 'relaxed-simd': requireWasmSource };
  requireOptions<Exclude<KernelFiles, string | URL>>(fn, name, value, checks, ['simd']);
};

async function attempt(name: 'auto' | BackendName, chosen: Chosen): Promise<BackendInfo> {
  // Loaded here, so that a program that only imports this package loads no kernels.
  const changes = await import('./changes-of-backends.js');
  changes.requireChanges(chosen.without);
  if (name !== 'auto') return start(changes, name, 'asked for by name', chosen);
  const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;
  const order: BackendName[] = inNode ? ['wasm', 'cpu'] : ['webgpu', 'webgl', 'wasm', 'cpu'];
  const refusals: string[] = [];
  for (const candidate of order) {
    try {
      const because = refusals.length === 0 ? '' : ` (${refusals.join('; ')})`;
      return await start(changes, candidate, `the first that starts here${because}`, chosen);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`useBackend: no backend starts here: ${refusals.join('; ')}`);
}

/** The parts of tfjs's engine that a start needs. tfjs's types do not declare them. */
interface Engine {
  backendName: string | undefined;
  backendInstance: tf.KernelBackend | null;
  /** The backends that have started. */
  registry: Record<string, tf.KernelBackend>;
  /** A start that other code has requested from tfjs. */
  pendingBackendInit?: Promise<boolean> | null;
}

async function start(
  changes: typeof import('./changes-of-backends.js'),
  name: BackendName,
  reason: string,
  { without, kernels }: Chosen,
): Promise<BackendInfo> {
  const { module, load } = IMPORTS[name];
  const engine = tf.engine() as unknown as Engine;
  try {
    await changes.prepareChanges(name, without);
    if (name === 'webgpu' && !(globalThis.navigator as Navigator | undefined)?.gpu) {
      throw new Error('there is no navigator.gpu, and without lists webgpu/navigator.gpu');
    }
  } catch (error) {
    throw new Error(`useBackend: '${name}' cannot start: ${(error as Error).message}`, {
      cause: error,
    });
  }
  let backend: tf.KernelBackend;
  try {
    try {
      // A bundled page cannot load a package by name. It imports the backend before this call.
      if (!tf.findBackendFactory(name)) await load();
    } catch (error) {
      throw new Error(
        `useBackend: '${name}' needs the package ${module}, which did not load. ` +
          `Install it: npm install ${module}. A bundled page must also import it before the call`,
        { cause: error },
      );
    }
    try {
      backend = await started(engine, name);
    } catch (error) {
      const advice = name === 'wasm' ? `. ${wasmAdvice()}` : '';
      throw new Error(`useBackend: '${name}' did not start${advice}`, { cause: error });
    }
  } catch (error) {
    // A failed start leaves no changes.
    if (!engine.registry[name]) await changes.unprepareChanges(name);
    throw error;
  }
  const before = { name: engine.backendName, instance: engine.backendInstance };
  try {
    await tf.setBackend(name);
    const wasm = name === 'wasm' ? await import('@ds/kernels/wasm') : null;
    const withoutSimd = wasm ? await wasm.linkKernels(backend, kernels) : null;
    const made = await changes.makeChanges(name, without);
    wasm?.chooseTiles(backend);
    const remarks = [
      reason,
      ...(withoutSimd ? [`without SIMD kernels, since ${withoutSimd}`] : []),
      ...untested(tf.version_core),
    ];
    return {
      name,
      reason: remarks.join('; '),
      ...made,
      kernels: wasm?.kernelModule(backend)?.variant ?? null,
    };
  } catch (error) {
    if (before.name && before.instance) await tf.setBackend(before.name);
    else Object.assign(engine, { backendName: before.name, backendInstance: before.instance });
    throw error;
  }
}

/**
 * Returns a backend that is ready to be set. tfjs's own `setBackend` removes the backend in use
 * while the next one starts. If the start fails, tfjs does not restore the old backend, and does
 * not report the reason.
 */
async function started(engine: Engine, name: BackendName): Promise<tf.KernelBackend> {
  await engine.pendingBackendInit;
  if (engine.registry[name]) return engine.registry[name];
  const factory = tf.findBackendFactory(name);
  if (!factory) throw new Error(`tfjs has no backend '${name}' here`);
  const backend = await factory();
  // Other code may have started it through tfjs in the meantime.
  await engine.pendingBackendInit;
  if (engine.registry[name]) backend.dispose();
  else engine.registry[name] = backend;
  return engine.registry[name]!;
}

/** Returns what to do if tfjs does not start on wasm. tfjs reports no URL and no status. */
function wasmAdvice(): string {
  const path = '@tensorflow/tfjs-backend-wasm';
  return (
    `In a browser, tfjs needs the address of its own files: serve the *.wasm files of ` +
    `${path}/dist, and before useBackend call setWasmPaths('/wasm/') of ${path}, or ` +
    `setWasmPaths('https://cdn.jsdelivr.net/npm/${path}@${tf.version_core}/dist/')`
  );
}

/** Returns a remark if a version of tfjs is not tested. */
export function untested(version: string): string[] {
  if (TESTED_TFJS.includes(version)) return [];
  return [`tfjs ${version} is not tested (${TESTED_TFJS.join(', ')} is)`];
}

/** Imports a package that may not be installed. Bundlers ignore the import. */
function importOptional(module: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ module);
}
