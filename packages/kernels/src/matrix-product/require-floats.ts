import type { TensorInfo } from '@tensorflow/tfjs-core';

/**
 * Checks the factors of a product on wasm.
 *
 * @throws Error if one of them is not float32.
 */
export function requireFloats(op: string, factors: Record<'a' | 'b', TensorInfo>): void {
  for (const name of ['a', 'b'] as const) {
    const { dtype } = factors[name];
    if (dtype === 'float32') continue;
    throw new Error(`${op}: ${name} must be float32 on wasm, got ${dtype}`);
  }
}
