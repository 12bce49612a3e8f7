import { reshape, slice, stack, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';

/**
 * Pools a signal as an image with two equal rows and returns the first row. Spectral pooling keeps
 * at least two rows.
 */
export function signalOf(x: Float32Array, pool: (image: Tensor4D) => Tensor4D): Float32Array {
  return tidy(() => {
    const row = tensor1d(x);
    const y = pool(reshape(stack([row, row]), [1, 2, x.length, 1]) as Tensor4D);
    return slice(y, [0, 0, 0, 0], [1, 1, y.shape[2], 1]).dataSync<'float32'>();
  });
}
