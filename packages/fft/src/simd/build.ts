// Written by `scripts/build-wasm.mjs`. Do not edit it.

/** The mark of `fft.wasm`. A module with another mark belongs to other JavaScript. */
export const BUILD = '8315ccc3';
