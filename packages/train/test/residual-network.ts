import * as tf from '@tensorflow/tfjs';

/**
 * A small network for what each step costs: a block with a shortcut, then each of the poolings with
 * a convolution after it. Two classes.
 */
export function residualNetwork(
  inputShape: [number, number, number],
  poolings: tf.layers.Layer[],
): tf.LayersModel {
  const input = tf.input({ shape: inputShape });
  let seed = 1;
  const convolved = (x: tf.SymbolicTensor) => {
    const conv = tf.layers.conv2d({
      filters: 8,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      kernelInitializer: tf.initializers.heNormal({ seed: seed++ }),
    });
    const normalized = tf.layers.batchNormalization().apply(conv.apply(x)) as tf.SymbolicTensor;
    return tf.layers.reLU().apply(normalized) as tf.SymbolicTensor;
  };
  const first = convolved(input);
  let x = tf.layers.add().apply([convolved(first), first]) as tf.SymbolicTensor;
  for (const pooling of poolings) x = convolved(pooling.apply(x) as tf.SymbolicTensor);
  const logits = tf.layers
    .dense({ units: 2, kernelInitializer: tf.initializers.heNormal({ seed }) })
    .apply(tf.layers.globalAveragePooling2d({}).apply(x));
  return tf.model({ inputs: input, outputs: logits as tf.SymbolicTensor });
}
