import { poolingNames } from '@ds/layers';
import { resnet18 } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { frozenOf } from '../scripts/frozen-of.mjs';

const SHAPE: [number, number, number] = [16, 16, 3];

const network = (pooling: string) =>
  resnet18({
    ...{ inputShape: SHAPE, classes: 2, width: 1, pooling, seed: 1 },
    ...{ poolingConfig: /diffstride$/.test(pooling) ? { smoothness: 1 } : {} },
  });

describe('frozenOf', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each(['conv', ...poolingNames()])(
    'freezes %s, or says that it cannot be frozen',
    (pooling) => {
      const frozen = frozenOf(network(pooling), SHAPE);
      // These choose what they keep by the image.
      const chooses = ['aps', 'lps', 'tips'].includes(pooling);
      expect(frozen === null).toBe(chooses);
    },
  );

  it('passes other errors on', () => {
    const model = network('diffstride');
    model.dispose();
    expect(() => frozenOf(model, SHAPE)).toThrow(/disposed/);
  });
});
