import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { HOST_BACKENDS } from '../src/index.js';

it('contains cpu and wasm, but no GPU backend', async () => {
  await tf.setBackend('cpu');
  expect(HOST_BACKENDS).toContain(tf.getBackend());
  expect(HOST_BACKENDS).toContain('wasm');
  expect(HOST_BACKENDS).not.toContain('webgl');
  expect(HOST_BACKENDS).not.toContain('webgpu');
});
