import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

beforeAll(() => useBackend('wasm'));

it('a clone shares its values with the original, and outlives it', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const before = tf.memory();
  const y = tf.clone(x);
  expect(tf.memory().numTensors).toBe(before.numTensors + 1);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  x.dispose();
  expect([...y.dataSync()]).toEqual([1, 2, 3]);
  y.dispose();
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers - 1);
});

it('a clone of a variable does not change with the variable', () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const kept = tf.clone(variable);
  variable.assign(tf.tensor1d([5, 6]));
  expect([...kept.dataSync()]).toEqual([1, 2]);
  expect([...tf.clone(tf.tensor(['a', 'b'])).dataSync()]).toEqual(['a', 'b']);
  tf.dispose([variable, kept]);
});
