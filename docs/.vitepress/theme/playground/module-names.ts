/** The modules that a program of the playground may import. None of them needs Node. */
export const MODULE_NAMES = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgl',
  '@tensorflow/tfjs-backend-webgpu',
  '@ds/backend',
  '@ds/backend/changes',
  '@ds/backend/diagnostics',
  '@ds/checks',
  '@ds/data/audio',
  '@ds/data/batches',
  '@ds/data/mel-layer',
  '@ds/export',
  '@ds/fft',
  '@ds/fft/plan',
  '@ds/fft/simd',
  '@ds/graph',
  '@ds/kernels',
  '@ds/kernels/tfjs',
  '@ds/kernels/wasm',
  '@ds/kernels/webgpu',
  '@ds/layers',
  '@ds/layers/ops',
  '@ds/layers/prepared',
  '@ds/masks',
  '@ds/masks/ops',
  '@ds/models',
  '@ds/models/safetensors',
  '@ds/regularizer',
  '@ds/train',
] as const;

export type ModuleName = (typeof MODULE_NAMES)[number];

/** Whether a program of the playground may import a module of this name. */
export function isModuleName(name: string): name is ModuleName {
  return (MODULE_NAMES as readonly string[]).includes(name);
}
