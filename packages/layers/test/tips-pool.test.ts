import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  imageTensor,
  imageValues,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { padImage, type TipsMixer, tipsPool, tipsWeights } from '../src/ops.js';

interface Case {
  case: string;
  params: {
    strides: [number, number];
    averaging: 'phase' | 'quadrant';
    kernel: GoldenTensor;
    scale: GoldenTensor;
  };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  weights: GoldenTensor;
  grads: Record<'input' | 'kernel' | 'scale', GoldenTensor>;
}

const { cases } = readGolden<Case>(new URL('./fixtures/tips_pool.json', import.meta.url));
const FLOAT32 = 1e-5;

function mixerOf({ kernel, scale }: Case['params']): TipsMixer {
  return {
    kernel: tf.tensor4d(kernel.data, [...kernel.shape, 1] as [number, number, number, number]),
    scale: tf.tensor1d(scale.data),
  };
}

/** A mixer of 2 channels that distinguishes components. */
function mixer(): TipsMixer {
  return {
    kernel: unitTensor(11, [3, 3, 2, 1]) as tf.Tensor4D,
    scale: tf.tensor1d([3, -2]),
  };
}

/** The image, shifted circularly down and right. */
function shifted(x: tf.Tensor4D, down: number, right: number): tf.Tensor4D {
  const [, height, width, channels] = x.shape;
  const padded = padImage(x, [
    [down, 0],
    [right, 0],
  ]);
  return tf.slice(padded, [0, 0, 0, 0], [x.shape[0], height, width, channels]);
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(cases)('$case agrees with float64 numbers', (one) => {
    tf.tidy(() => {
      const { strides, averaging } = one.params;
      const { kernel, scale } = mixerOf(one.params);
      const x = imageTensor(one.input);
      const y = tipsPool(x, strides, { kernel, scale }, { averaging });
      expect(relativeError(imageValues(y), one.output.data)).toBeLessThan(FLOAT32);
      const weights = tipsWeights(x, strides, { kernel, scale }, { averaging });
      expect(relativeError(weights.dataSync(), one.weights.data)).toBeLessThan(FLOAT32);
      const [dx, dkernel, dscale] = tf.grads((image, k, s) =>
        tipsPool(
          image as tf.Tensor4D,
          strides,
          { kernel: k as tf.Tensor4D, scale: s as tf.Tensor1D },
          { averaging },
        ),
      )([x, kernel, scale], imageTensor(one.upstream));
      const { grads } = one;
      expect(relativeError(imageValues(dx!), grads.input.data)).toBeLessThan(FLOAT32);
      expect(relativeError(dkernel!.dataSync(), grads.kernel.data)).toBeLessThan(FLOAT32);
      expect(relativeError(dscale!.dataSync(), grads.scale.data)).toBeLessThan(FLOAT32);
    });
  });

  it('leaks nothing', () => {
    const x = unitTensor(2, [1, 5, 6, 2]) as tf.Tensor4D;
    const given = mixer();
    expect(leakedTensors(() => tipsPool(x, 2, given))).toBe(0);
    expect(leakedTensors(() => tipsWeights(x, 2, given))).toBe(0);
    tf.dispose([x, given.kernel, given.scale]);
  });
});

describe('under a circular shift', () => {
  beforeAll(() => useBackend('cpu'));

  it('by a multiple of the strides, the weights stay and the output shifts', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [2, 8, 6, 2]) as tf.Tensor4D;
      const [at, moved] = [x, shifted(x, 2, 4)].map((image) => tipsWeights(image, 2, mixer()));
      expect(relativeError(moved!.dataSync(), at!.dataSync())).toBeLessThan(FLOAT32);
      const y = tipsPool(x, 2, mixer());
      const z = tipsPool(shifted(x, 2, 4), 2, mixer());
      expect(relativeError(z.dataSync(), shifted(y, 1, 2).dataSync())).toBeLessThan(FLOAT32);
    });
  });

  it('by one pixel, the weights permute, and only the mean of the output stays', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [2, 8, 6, 2]) as tf.Tensor4D;
      const down = shifted(x, 1, 0);
      const [at, moved] = [x, down].map((image) => tipsWeights(image, 2, mixer()));
      // Components (0, j) and (1, j) change places.
      const permuted = tf.gather(moved!, [2, 3, 0, 1], 2);
      expect(relativeError(permuted.dataSync(), at!.dataSync())).toBeLessThan(FLOAT32);
      expect(relativeError(moved!.dataSync(), at!.dataSync())).toBeGreaterThan(1e-2);
      const [y, z] = [x, down].map((image) => tipsPool(image, 2, mixer()));
      const [before, after] = [y!, z!].map((map) => tf.mean(map, [1, 2]).dataSync());
      expect(relativeError(after!, before!)).toBeLessThan(FLOAT32);
      for (const by of [0, 1]) {
        expect(relativeError(z!.dataSync(), shifted(y!, by, 0).dataSync())).toBeGreaterThan(1e-2);
      }
    });
  });

  it('the means over quadrants, as published, change with a shift by the strides', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [2, 8, 6, 2]) as tf.Tensor4D;
      const options = { averaging: 'quadrant' } as const;
      const [at, moved] = [x, shifted(x, 2, 0)].map((image) =>
        tipsWeights(image, 2, mixer(), options),
      );
      expect(relativeError(moved!.dataSync(), at!.dataSync())).toBeGreaterThan(1e-2);
    });
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));
  const x = () => tf.ones([1, 4, 4, 3]) as tf.Tensor4D;

  it.each([
    [
      () => tipsPool(x(), 2, mixer()),
      'tipsPool: mixer.kernel must have shape [3,3,3,1], got [3,3,2,1]',
    ],
    [
      () => tipsWeights(x(), 2, { ...mixer(), kernel: tf.ones([3, 3, 3, 1]) }),
      'tipsWeights: mixer.scale must have shape [3], got [2]',
    ],
    [() => tipsPool(x(), 1.5, mixer()), 'tipsPool: strides must be integers'],
    [
      () => tipsPool(x(), 2, mixer(), { averaging: 'pixel' as never }),
      "tipsPool: averaging must be 'phase' or 'quadrant', got \"pixel\"",
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
