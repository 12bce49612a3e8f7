/**
 * The two modules that `assembly/` is compiled to. With `'relaxed-simd'` a multiply-add is one
 * instruction. Engines support it since V8 11.4 (Node 22); Node 20 needs a flag.
 */
export type KernelVariant = 'simd' | 'relaxed-simd';

/**
 * The file of a variant in this package. Both URLs are literals, so that bundlers find both files.
 * They hold here and in `dist`, which has all code in files one folder below the package.
 */
export function kernelFile(variant: KernelVariant): URL {
  return variant === 'simd'
    ? new URL('../dist/kernels.wasm', import.meta.url)
    : new URL('../dist/kernels-relaxed.wasm', import.meta.url);
}
