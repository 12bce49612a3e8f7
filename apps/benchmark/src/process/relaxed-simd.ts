import { setFlagsFromString } from 'node:v8';

/**
 * Enables relaxed SIMD (fused multiply-add) in Node 20. Later versions enable it by default, so all
 * versions compute the same results. Call it before any module is compiled.
 */
export function allowRelaxedSimd(): void {
  const [major] = process.versions.node.split('.').map(Number);
  if (major! < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
