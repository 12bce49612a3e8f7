import { enableProdMode } from '@tensorflow/tfjs-core';
import { allowRelaxedSimd } from './process/relaxed-simd.js';
import { allowWideVectors } from './process/wide-vectors.js';

/** Prepares V8 and tfjs for computing. Call it before any WebAssembly is compiled. */
export function prepareEngine(): void {
  allowRelaxedSimd();
  allowWideVectors();
  // This also disables the banner of tfjs in Node.
  enableProdMode();
}
