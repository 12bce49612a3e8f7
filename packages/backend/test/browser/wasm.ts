/// <reference types="vite/client" />
import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';

/** The results of the page, for the test. */
interface Report {
  backend: string;
  kernels: string | null;
  reason: string;
  gradient: number[];
}

/** Computes the filter gradient of a convolution. tfjs's wasm backend has no such kernel. */
async function report(): Promise<Report> {
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  });
  const { kernels, reason } = await useBackend('wasm');
  const x = tf.reshape(tf.range(0, 2 * 5 * 5 * 3), [2, 5, 5, 3]) as tf.Tensor4D;
  const filter = tf.ones([3, 3, 3, 2]) as tf.Tensor4D;
  const gradient = tf.grad((f) => tf.sum(tf.conv2d(x, f as tf.Tensor4D, 2, 'same')))(filter);
  return {
    backend: tf.getBackend(),
    kernels,
    reason,
    gradient: [...(await gradient.data())],
  };
}

report().then(
  (found) => Object.assign(globalThis, { found }),
  (error) => Object.assign(globalThis, { found: { error: String(error?.stack ?? error) } }),
);
