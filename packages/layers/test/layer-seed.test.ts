import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { LpsPool, MaskedConv2D, TipsPool } from '../src/index.js';
import { drawSeed, weightSeed } from '../src/layer-seed.js';

beforeAll(() => tf.setBackend('cpu'));

describe('seeds of a layer', () => {
  it('are apart for neighbouring seeds of layers', () => {
    const seeds = [0, 1, 2, -1].flatMap((seed) => [0, 1, 999].map((draw) => drawSeed(seed, draw)));
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  // tfjs takes the seed 0 as none: such weights would differ from model to model.
  it.each([
    [-2_021_759_595, 0],
    [-1_770_311_489, 2],
  ])('are never 0 for weights: %i, place %i', (seed, place) => {
    expect(drawSeed(seed, place + 1)).toBe(0);
    expect(weightSeed(seed, place)).toBe(1);
    const weights = () =>
      [
        new LpsPool({ seed }),
        new TipsPool({ seed }),
        new MaskedConv2D({ filters: 2, kernelSize: 3, seed }),
      ].map((layer) => {
        layer.build([null, 6, 6, 2]);
        return layer.getWeights().map((weight) => [...weight.dataSync()]);
      });
    expect(weights()).toEqual(weights());
  });
});
