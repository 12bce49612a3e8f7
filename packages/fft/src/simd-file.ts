/**
 * The file of the module in this package. The URL is a literal, so that bundlers find the file. It
 * holds here and in `dist`, which has all code in files one folder below the package.
 */
export function simdFile(): URL {
  return new URL('../dist/fft.wasm', import.meta.url);
}
