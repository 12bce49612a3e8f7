import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { audioCnn, mobilenetV2, resnet18, resnet56, unet } from '../src/index.js';

beforeAll(() => tf.setBackend('cpu'));

// The last maps are too small for the blur.
it.each([
  [
    'resnet18',
    () => resnet18({ inputShape: [5, 5, 3], classes: 2, width: 1, pooling: 'max-blur' }),
  ],
  [
    'resnet56',
    () => resnet56({ inputShape: [3, 3, 3], classes: 2, width: 1, pooling: 'max-blur' }),
  ],
  ['unet', () => unet({ inputShape: [3, 3, 1], classes: 2, width: 1, pooling: 'max-blur' })],
  [
    'mobilenetV2',
    () => mobilenetV2({ inputShape: [9, 9, 3], classes: 2, width: 0.1, pooling: 'blur' }),
  ],
  [
    'audioCnn',
    () =>
      audioCnn({ inputShape: [5, 5, 1], tasks: { a: 2 }, widths: [1, 1, 1], pooling: 'max-blur' }),
  ],
])('%s leaves no tensor if a layer refuses its map', (_, build) => {
  const { numTensors } = tf.memory();
  expect(build).toThrow(/gets a map of/);
  expect(tf.memory().numTensors).toBe(numTensors);
});
