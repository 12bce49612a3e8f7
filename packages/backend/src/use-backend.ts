import { describe } from '@ds/checks';
import * as tf from '@tensorflow/tfjs-core';
import { installWasmTraining } from './wasm/install.js';
import type { KernelVariant } from './wasm/kernel-module.js';
import { provideGpu } from './webgpu/dawn.js';

/** The backends {@link useBackend} knows. `'tensorflow'` is tfjs-node's native library. */
export type BackendName = 'wasm' | 'webgpu' | 'cpu' | 'webgl' | 'tensorflow';

/** What {@link useBackend} chose, and why. */
export interface BackendInfo {
  /** The backend in use, which is `tf.getBackend()`. */
  name: BackendName;
  /** One sentence: why this one. */
  reason: string;
  /** Kernels this package added because the backend has none. */
  added: string[];
  /** Kernels this package replaced because the backend's are too slow to train with. */
  replaced: string[];
  /**
   * The SIMD kernels linked into tfjs's wasm memory: `'relaxed-simd'` where the engine multiplies and adds in
   * one instruction; `null` without any.
   */
  kernels: KernelVariant | null;
}

/** How each backend is brought in; every one is an optional peer of this package. */
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
 * Sets the tfjs backend and makes it fit to train a convolutional network.
 *
 * On `'wasm'` it links SIMD kernels of its own into tfjs's memory, adds what a training step needs
 * and tfjs does not have (the filter gradient of a convolution among them), and replaces what is a
 * naive loop; the gradient of ReLU and the training call of tfjs-layers' batch norm use them too.
 * Engines with relaxed SIMD (Node 22, Chrome 114; Node 20 started with `--experimental-wasm-relaxed-simd`) get
 * kernels compiled for it; tfjs's threads, which pages isolated from other origins have, stay off. Where tfjs does not show its memory, the same is composed from its own kernels, and `reason` says so.
 * A backend that is registered already is not loaded again: in a bundled page, `import '@tensorflow/tfjs-backend-webgl'` (or
 * `-webgpu`) comes first, since only wasm and cpu are found by the bundler.
 * `'auto'` takes wasm in Node, and in a browser the first of webgpu, webgl and wasm that starts;
 * `'cpu'` is the last resort. Safe to call again, also with another name.
 *
 * @returns the backend in use, why, and what was added and replaced.
 * @throws Error if a named backend's package is missing or the backend does not start here; with
 *   `'auto'` only if none does.
 */
export async function useBackend(name: 'auto' | BackendName = 'auto'): Promise<BackendInfo> {
  if (name !== 'auto') {
    if (typeof name !== 'string' || !Object.hasOwn(IMPORTS, name)) {
      throw new Error(
        `useBackend: name must be 'auto' or one of ${Object.keys(IMPORTS).join(', ')}, got ${describe(name)}`,
      );
    }
    return start(name, 'asked for by name');
  }
  const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;
  const order: BackendName[] = inNode ? ['wasm', 'cpu'] : ['webgpu', 'webgl', 'wasm', 'cpu'];
  const refusals: string[] = [];
  for (const candidate of order) {
    try {
      const because = refusals.length === 0 ? '' : ` (${refusals.join('; ')})`;
      return await start(candidate, `the first that starts here${because}`);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`useBackend: no backend starts here: ${refusals.join('; ')}`);
}

async function start(name: BackendName, reason: string): Promise<BackendInfo> {
  const { module, load } = IMPORTS[name];
  if (name === 'webgpu') await requireGpu();
  try {
    // A page's bundle cannot find a package by its name: it imports the backend itself, before this.
    if (!tf.findBackendFactory(name)) await load();
  } catch (error) {
    throw new Error(`useBackend: '${name}' needs the package ${module}, which did not load`, {
      cause: error,
    });
  }
  // Threads need shared memory, into which the SIMD kernels cannot be linked.
  if (name === 'wasm') tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  let started: boolean;
  try {
    started = await tf.setBackend(name);
    await tf.ready();
  } catch (error) {
    throw new Error(`useBackend: '${name}' did not start`, { cause: error });
  }
  if (!started || tf.getBackend() !== name) {
    throw new Error(`useBackend: '${name}' did not start; tfjs is on '${tf.getBackend()}'`);
  }
  if (name === 'webgpu') {
    // Only who computes on a GPU loads its programs.
    const { installWebGpuTraining } = await import('./webgpu/install.js');
    return { name, reason, ...(await installWebGpuTraining()), kernels: null };
  }
  if (name !== 'wasm') return { name, reason, added: [], replaced: [], kernels: null };
  const { withoutSimd, ...installed } = await installWasmTraining();
  const how = withoutSimd ? `; without SIMD kernels, since ${withoutSimd}` : '';
  return { name, reason: `${reason}${how}`, ...installed };
}

/** tfjs registers its WebGPU backend only where there is a `navigator.gpu` when it is imported. */
async function requireGpu(): Promise<void> {
  try {
    await provideGpu();
  } catch (error) {
    throw new Error(`useBackend: 'webgpu' cannot start: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Imports a package that need not be installed, without a bundler insisting on it. */
function importOptional(module: string): Promise<unknown> {
  return import(/* @vite-ignore */ module);
}
