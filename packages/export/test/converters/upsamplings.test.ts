import { InterpolatedUpsample, SpectralUpsample } from '@ds/layers';
import { unet } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { expectExported } from '../expect-exported.js';
import { stirred } from '../stirred.js';

beforeAll(() => tf.setBackend('cpu'));

describe('an exported U-Net equals the model', () => {
  it.each(['diffstride', 'blur', 'fractional-avg', 'average'])('with %s', async (pooling) => {
    const poolingConfig = pooling === 'diffstride' ? { smoothness: 1 } : {};
    const inputShape: [number, number, number] = [9, 11, 2];
    const options = { inputShape, classes: 3, width: 2, depth: 1, seed: 3 };
    await expectExported(stirred(unet({ ...options, pooling, poolingConfig })));
  });
});

describe('an exported upsampling equals the layer', () => {
  it('for two references, with channels first', async () => {
    const dataFormat = 'channelsFirst' as const;
    const inputs = [
      [2, 3, 4],
      [1, 5, 4],
      [1, 6, 7],
    ].map((shape) => tf.input({ shape }));
    const up = new SpectralUpsample({ dataFormat, norm: 'forward' });
    const wide = new InterpolatedUpsample({ dataFormat, strides: [1, 2] });
    const outputs = [
      up.apply([inputs[0]!, inputs[1]!]),
      up.apply([inputs[0]!, inputs[2]!]),
      wide.apply(inputs[0]!),
    ] as tf.SymbolicTensor[];
    await expectExported(tf.model({ inputs, outputs }));
  });
});
