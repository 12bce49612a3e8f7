import * as tf from '@tensorflow/tfjs';

/**
 * Runs a program that a WebGPU device refuses: tfjs's WGSL for a mirrored pad of rank 5 indexes a
 * struct.
 */
export function refusedByDevice(): tf.Tensor {
  const none: [number, number] = [0, 0];
  return tf.tidy(() =>
    tf.mirrorPad(tf.ones([1, 1, 2, 1, 2]), [none, none, [1, 0], none, [0, 1]], 'symmetric'),
  );
}
