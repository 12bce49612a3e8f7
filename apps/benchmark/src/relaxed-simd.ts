import { setFlagsFromString } from 'node:v8';

/**
 * Lets Node 20 compile the kernels with fused multiply-add, which later versions do without being told; so that
 * all versions compute the same. To be called before any module is compiled.
 */
export function allowRelaxedSimd(): void {
  const [major] = process.versions.node.split('.').map(Number);
  if (major! < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
