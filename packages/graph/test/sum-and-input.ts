import * as tf from '@tensorflow/tfjs';

/** Returns the sum of its input, and the input. */
export class SumAndInput extends tf.layers.Layer {
  static readonly className = 'SumAndInput';

  override computeOutputShape(shape: tf.Shape): tf.Shape[] {
    return [[shape[0]!, 1], shape];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const [x] = [inputs].flat();
    return [tf.sum(x!, 1, true), x!];
  }
}
