// tfjs for a browser: the core, its gradients and its chained ops, without tfjs's own backends.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import { type BackendInfo, type BackendName, useBackend } from '@ds/backend';
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { PageBackend } from './page-backends.js';

enableProdMode();

/**
 * Loads a backend and starts it.
 *
 * @throws Error if this browser does not have it.
 */
export async function startBackend(name: PageBackend | 'cpu'): Promise<BackendInfo> {
  if (name === 'wasm') await locateWasm();
  if (name === 'webgl') await import('@tensorflow/tfjs-backend-webgl');
  if (name === 'webgpu') {
    if (!('gpu' in navigator)) throw new Error('this browser has no WebGPU');
    await import('@tensorflow/tfjs-backend-webgpu');
  }
  return useBackend(name as BackendName);
}

async function locateWasm(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const [plain, simd, threaded] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'),
  ]);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain.default,
    'tfjs-backend-wasm-simd.wasm': simd.default,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded.default,
  });
}
