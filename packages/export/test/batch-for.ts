import * as tf from '@tensorflow/tfjs';

/** Random images for each input of a model. `sizes` replace unknown sizes. */
export function batchFor(model: tf.LayersModel, batch: number, sizes: number[] = []): tf.Tensor[] {
  return model.inputs.map(({ shape }, at) => {
    const sides = shape.slice(1).map((size, axis) => size ?? sizes[axis]!);
    return tf.randomNormal([batch, ...sides], 0, 1, 'float32', 7 + at);
  });
}
