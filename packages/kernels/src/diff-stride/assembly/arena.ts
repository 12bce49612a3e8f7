// Scratch space that a kernel takes piece by piece, in cache lines.

import { aligned } from '../../wasm/assembly/panel';

/** The start of the space that remains. */
let top: usize = 0;

/** The number of floats that a piece may take in addition, for its alignment. */
export const PER_PIECE: f64 = 16;

/** Starts a kernel's scratch space. Pieces of earlier kernels are no longer valid. */
export function startScratch(address: usize): void {
  top = address;
}

/** Returns the address of so many bytes of scratch space. */
export function take(bytes: usize): usize {
  const address = aligned(top);
  top = address + bytes;
  return address;
}
