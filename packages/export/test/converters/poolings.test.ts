import { poolingNames } from '@ds/layers';
import { resnet18 } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { expectExported } from '../expect-exported.js';
import { stirred } from '../stirred.js';

beforeAll(() => tf.setBackend('cpu'));

const SMALL = { inputShape: [17, 18, 3] as [number, number, number], classes: 5, width: 4 };

describe('an exported ResNet-18 equals the model', () => {
  it.each(['conv', ...poolingNames()])('with %s', async (pooling) => {
    const strides = [1, 1, 2, 2, 1];
    const poolingConfig = pooling === 'diffstride' ? { smoothness: 2 } : {};
    const options = { ...SMALL, pooling, strides, poolingConfig, seed: 3 };
    await expectExported(stirred(resnet18(options)));
  });
});
