import * as tf from '@tensorflow/tfjs';

/** Gives every weight of a model new values, as training does, so that none is 0 or 1. */
export function stirred(model: tf.LayersModel): tf.LayersModel {
  tf.tidy(() => {
    for (const [at, weight] of model.weights.entries()) {
      if (weight.originalName.endsWith('strides')) continue;
      const noise = tf.randomUniform(weight.shape as number[], 0.5, 1.5, 'float32', at + 1);
      const isScale = /gamma|variance/.test(weight.originalName);
      const value = isScale
        ? noise
        : tf.add(weight.read(), tf.mul(tf.sub(noise, 1), weight.shape.length > 1 ? 0.02 : 0.2));
      weight.write(value);
    }
  });
  return model;
}
