import { useBackend } from '@ds/backend';
import { leakedTensors, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApsPool, LpsPool, TipsPool } from '../src/index.js';

const LAYERS = {
  aps: (config: object) => new ApsPool(config),
  'aps with its choice': (config: object) => new ApsPool({ ...config, returnsChoice: true }),
  lps: (config: object) => new LpsPool(config),
  'lps with its choice': (config: object) => new LpsPool({ ...config, returnsChoice: true }),
  tips: (config: object) => new TipsPool(config),
};

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(Object.entries(LAYERS))('%s has the same values in both formats', (_, layerOf) => {
    const last = [1, 2].map((seed) => unitTensor(seed, [2, 6, 7, 3]));
    const first = last.map((image) => tf.transpose(image, [0, 3, 1, 2]));
    const [layer, mirrored] = [layerOf({}), layerOf({ dataFormat: 'channelsFirst' })];
    layer.build(last[0]!.shape);
    mirrored.build(first[0]!.shape);
    mirrored.setWeights(layer.getWeights());
    // One choice for both images.
    const results = [layer.apply(last), mirrored.apply(first)].map((outputs) =>
      [outputs as tf.Tensor[]].flat(),
    );
    const [want, got] = results as [tf.Tensor[], tf.Tensor[]];
    expect(got).toHaveLength(want.length);
    for (const [i, tensor] of want.entries()) {
      const there = i < 2 ? tf.transpose(got[i]!, [0, 2, 3, 1]) : got[i]!;
      expect(there.shape).toEqual(tensor.shape);
      const error = tf.max(tf.abs(tf.sub(there, tensor))).dataSync()[0]!;
      expect(error).toBeLessThan(1e-6);
    }
    expect(leakedTensors(() => mirrored.apply(first) as tf.Tensor[])).toBe(0);
    tf.dispose([last, first, results]);
  });
});
