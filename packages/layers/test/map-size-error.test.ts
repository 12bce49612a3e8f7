import { ConfigError } from '@ds/checks';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { BlurPool, MapSizeError } from '../src/index.js';

it('names the layer and the map that it refuses, in the message and in fields', () => {
  const x = tf.input({ shape: [1, null, 1] });
  let error: unknown;
  try {
    new BlurPool({ name: 'down' }).apply(x);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(MapSizeError);
  expect(error).toBeInstanceOf(ConfigError);
  expect(error).toMatchObject({
    name: 'ConfigError',
    layer: 'down',
    map: [1, null],
    reason: 'x must be larger than the reflection (1 pixels), got size 1',
    message:
      "BlurPool: layer 'down' gets a map of 1×?: " +
      'x must be larger than the reflection (1 pixels), got size 1',
  });
});
