import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { mapEquivariance, meanError } from '../../src/shift/map-equivariance.js';

function* batches() {
  for (let batch = 0; batch < 2; batch++) {
    const values = Array.from({ length: 9 * 36 }, (_, i) => Math.sin(i * 1.7 + batch));
    yield { images: tf.tensor4d(values, [9, 6, 6, 1]), labels: tf.ones([9, 2]) as tf.Tensor2D };
  }
}

/** Subsampling of every second pixel, then the mean of the map. */
function modelOf(): tf.LayersModel {
  const input = tf.input({ shape: [6, 6, 1] });
  const map = tf.layers.maxPooling2d({ name: 'pool', poolSize: 1, strides: 2 }).apply(input);
  const mean = tf.layers.globalAveragePooling2d({ name: 'mean' }).apply(map);
  return tf.model({ inputs: input, outputs: mean as tf.SymbolicTensor });
}

describe('mapEquivariance', () => {
  it('measures the maps of at most eight images, and leaves no tensor', async () => {
    const model = modelOf();
    const before = tf.memory().numTensors;
    const found = await mapEquivariance(model, batches());
    expect(tf.memory().numTensors).toBe(before);
    expect(found).toMatchObject({ images: 8, maps: [{ layer: 'pool' }] });
    expect(found!.maps[0]!.whole).toBeGreaterThan(0.1);
    expect(found!.maps[0]!.half).toBeGreaterThan(0.1);
    expect(meanError(found, 'half')).toBe(found!.maps[0]!.half);
    expect(meanError(null, 'whole')).toBeNaN();
    model.dispose();
  });
});
