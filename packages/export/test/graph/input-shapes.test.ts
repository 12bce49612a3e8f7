import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { toOnnx } from '../../src/index.js';

beforeAll(() => tf.setBackend('cpu'));

const open = () =>
  tf.sequential({
    layers: [tf.layers.globalMaxPooling2d({ inputShape: [null, null, 2] })],
  });

it.each<[unknown, string]>([
  [undefined, 'inputShape must be given for a model with unknown sizes, got undefined'],
  [[4, 5], "inputShape must suit the model's [,,2], got [4,5]"],
  [[4, 5, 3], "inputShape must suit the model's [,,2], got [4,5,3]"],
  [[4, 0, 2], 'inputShape[1] must be an integer >= 1, got 0'],
])('a shape of %j is refused', (inputShape, message) => {
  expect(() => toOnnx(open(), { inputShape: inputShape as number[] })).toThrow(message);
});
