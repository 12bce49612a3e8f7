import { blurPool, diffStride, spectralPool } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';

// Rings that become finer towards the border, in [0, 1], for red, green and blue.
const SIZE = 96;
const place = tf.linspace(-1, 1, SIZE);
const squared = tf.add(tf.square(tf.reshape(place, [SIZE, 1])), tf.square(place));
const rings = (count) => tf.add(0.5, tf.mul(0.5, tf.cos(tf.mul(count, squared))));
const channels = [rings(60), rings(40), rings(20)];
const picture = tf.expandDims(tf.stack(channels, -1), 0);
show(picture, 'the picture');

// Every third pixel: rings appear that are not there.
const end = [1, SIZE, SIZE, 3];
show(tf.stridedSlice(picture, [0, 0, 0, 0], end, [1, 3, 3, 1]), 'every third pixel');
show(blurPool(picture, [3, 3]), 'BlurPool');
show(spectralPool(picture, [3, 3], { norm: 'forward' }), 'spectral pooling');

// DiffStride takes any strides, one for each axis. Try others.
const pooled = diffStride(picture, [2.6, 3.4], { smoothness: 4, norm: 'forward' });
show(pooled, 'DiffStride');
console.log(pooled.shape);
