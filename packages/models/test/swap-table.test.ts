import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { swapDownsampling, swapTable } from '../src/index.js';

it('prints a row per layer: what it was and is, its sizes, and why it is left', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: 'conv',
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        inputShape: [32, 32, 1],
      }),
      tf.layers.reLU({ name: 'relu' }),
      tf.layers.maxPooling2d({ name: 'max', poolSize: 2 }),
      tf.layers.averagePooling2d({ name: 'mean', poolSize: 2 }),
      tf.layers.flatten({ name: 'flat' }),
    ],
  });
  const shown = (pooling: string, options = {}) =>
    swapTable(swapDownsampling(model, pooling, options).report)
      .split('\n')
      .map((line) => line.replace(/ +/g, ' '))
      .filter((line) => !line.includes('---'));
  expect(shown('blur', { strides: { mean: 1 } })).toEqual([
    '| layer | was | is | output | output now | left because |',
    '| conv | Conv2D /2×2 | stride 1, conv.pool /2×2 after relu | 16×16×4 | 16×16×4 | |',
    '| max | MaxPooling2D /2×2 | stride 1, max.pool /2×2 after max | 8×8×4 | 8×8×4 | |',
    "| mean | AveragePooling2D /2×2 | as it was | 4×4×4 | 4×4×4 | 'flat' needs a fixed size |",
  ]);
  const free = tf.model({ inputs: model.inputs, outputs: model.getLayer('mean').output as never });
  expect(swapTable(swapDownsampling(free, 'blur', { strides: { mean: 1 } }).report)).toContain(
    '| stride 1 ',
  );
  expect(swapTable(swapDownsampling(free, 'diffstride').report)).toContain('| ?×?×4 ');
});
