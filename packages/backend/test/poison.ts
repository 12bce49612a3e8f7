import * as tf from '@tensorflow/tfjs';

/** The largest size is this power of two. */
const LARGEST = 13;

/** Fills freed memory with NaN. This reveals values that an op does not write. */
export function poisonMemory(): void {
  tf.tidy(() => {
    for (let power = 0; power <= LARGEST; power++) {
      for (let i = 0; i < 4; i++) tf.fill([2 ** power], Number.NaN);
    }
  });
}
