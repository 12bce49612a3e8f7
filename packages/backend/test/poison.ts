import * as tf from '@tensorflow/tfjs';

/** Powers of two of the sizes of which memory is given back full of NaN. */
const LARGEST = 13;

/** Leaves freed memory full of NaN, so that what an op does not write is seen. */
export function poisonMemory(): void {
  tf.tidy(() => {
    for (let power = 0; power <= LARGEST; power++) {
      for (let i = 0; i < 4; i++) tf.fill([2 ** power], Number.NaN);
    }
  });
}
