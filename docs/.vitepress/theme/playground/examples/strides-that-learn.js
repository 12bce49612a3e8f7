import { useBackend } from '@ds/backend';
import { diffStride, spectralUpsample } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';

await useBackend('wasm');

// Nine waves from top to bottom, and three from left to right.
const SIZE = 48;
const waves = (count) => tf.sin(tf.mul((2 * Math.PI * count) / SIZE, tf.range(0, SIZE)));
const sum = tf.add(tf.reshape(waves(9), [SIZE, 1]), waves(3));
const picture = tf.reshape(sum, [1, SIZE, SIZE, 1]);
show(picture, 'the picture');

// Large strides give a small picture. Too large ones lose waves.
const strides = tf.variable(tf.tensor1d([2, 2]));
const pooled = () => diffStride(picture, strides, { smoothness: 2, norm: 'forward' });
const price = 0.1;
const loss = () => {
  const restored = spectralUpsample(pooled(), { outputSize: [SIZE, SIZE], norm: 'forward' });
  const error = tf.losses.meanSquaredError(picture, restored);
  return tf.add(error, tf.div(price, tf.prod(strides)));
};

const optimizer = tf.train.adam(0.1);
for (let step = 0; step <= 60; step++) {
  const cost = optimizer.minimize(loss, true);
  if (step % 10 > 0) continue;
  const [down, across] = strides.dataSync();
  const found = `${down.toFixed(2)} × ${across.toFixed(2)}`;
  console.log(`step ${step}: loss ${cost.dataSync()[0].toFixed(3)}, strides ${found}`);
}
show(pooled(), 'pooled by the learned strides');
