import { horizontalMask, verticalMask } from '@ds/masks';
import * as tf from '@tensorflow/tfjs';

// DiffStride multiplies the spectrum by two masks, one for each axis. Where the ramps end depends
// on the strides, so the strides have a gradient.
const [height, width] = [64, 64];
const smoothness = 4;
for (const strides of [
  [1.5, 1.5],
  [2, 4],
  [6, 3],
]) {
  const rows = verticalMask(height, tf.scalar(strides[0]), smoothness);
  const columns = horizontalMask(width, tf.scalar(strides[1]), smoothness);
  show(tf.outerProduct(rows, columns), `strides ${strides.join(' × ')}`);
}
