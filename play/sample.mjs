// Edit this file. It runs again at every save. Git ignores it.
import { useBackend } from '@ds/backend';
import { DiffStride } from '@ds/layers';
import { diffStride } from '@ds/layers/ops';
import * as tf from '@tensorflow/tfjs';

const { name, kernels } = await useBackend('wasm'); // or 'cpu', or 'webgpu'
console.log(`backend: ${name}, ${kernels}`);

// An op: one random image [batch, height, width, channels], pooled by real strides.
const image = tf.randomNormal([1, 32, 32, 3], 0, 1, 'float32', 1);
const strides = tf.tensor1d([2, 1.5]);
const options = { smoothness: 2 };
console.log(`pooled: ${image.shape} → ${diffStride(image, strides, options).shape}`);

// Its gradient: how the energy of the output changes with each stride.
const energy = (s) => tf.sum(tf.square(diffStride(image, s, options)));
console.log('gradient to the strides:', tf.grad(energy)(strides).arraySync());

// A layer in a model. It learns to tell coarse stripes from fine ones, and its strides move.
const seeded = (seed) => tf.initializers.glorotUniform({ seed });
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      kernelInitializer: seeded(3),
      inputShape: [16, 16, 1],
    }),
    new DiffStride({ strides: [2, 2], smoothness: 2, norm: 'forward' }),
    tf.layers.activation({ activation: 'relu' }),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: 2, kernelInitializer: seeded(4) }),
  ],
});
const stripes = (k) =>
  tf.tidy(() =>
    tf.tile(tf.reshape(tf.cos(tf.mul(tf.range(0, 16), k)), [1, 1, 16, 1]), [8, 16, 1, 1]),
  );
const noise = tf.randomNormal([16, 16, 16, 1], 0, 0.3, 'float32', 2);
const x = tf.add(tf.concat([stripes(0.5), stripes(2)]), noise);
const y = tf.oneHot(tf.tensor1d([...Array(8).fill(0), ...Array(8).fill(1)], 'int32'), 2);
model.compile({ optimizer: tf.train.adam(0.03), loss: tf.losses.softmaxCrossEntropy });
const { history } = await model.fit(x, y, { epochs: 20, verbose: 0 });
console.log('loss:', history.loss[0], '→', history.loss.at(-1));
console.log('strides:', model.layers[1].strides);
