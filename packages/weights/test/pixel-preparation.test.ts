import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageCard } from '../src/index.js';
import { pixelPreparation } from '../src/pixel-preparation.js';

const card = {
  network: { inputShape: [1, 2, 3], classes: 2 },
  mean: [0.5, 0.25, 0],
  std: [0.5, 1, 2],
} as unknown as ImageCard;
const prepare = pixelPreparation(card);

/** Two pixels of red, green and blue, and what the network gets. */
const bytes = [255, 0, 255, 0, 51, 102];
const wanted = [1, -0.25, 0.5, -1, -0.05, 0.2];

beforeAll(() => useBackend('cpu'));

describe('prepare', () => {
  it.each([
    ['bytes', () => new Uint8Array(bytes), 1],
    ['clamped bytes of two images', () => new Uint8ClampedArray([...bytes, ...bytes]), 2],
    [
      'an ImageData, without its opacity',
      () => ({
        data: new Uint8ClampedArray([255, 0, 255, 9, 0, 51, 102, 0]),
        width: 2,
        height: 1,
      }),
      1,
    ],
    ['a tensor of integers', () => tf.tensor3d(bytes, [1, 2, 3], 'int32'), 1],
    ['a batch', () => tf.tensor4d([...bytes, ...bytes], [2, 1, 2, 3]), 2],
  ])('standardises %s', (_what, pixels, count) => {
    tf.tidy(() => {
      const input = prepare(pixels());
      expect(input.shape).toEqual([count, 1, 2, 3]);
      [...input.dataSync()].forEach((value, at) => {
        expect(value).toBeCloseTo(wanted[at % 6]!, 6);
      });
    });
  });

  it.each([
    ['nothing', undefined, 'undefined'],
    ['a list', bytes, '[255'],
    ['no bytes', new Uint8Array(0), 'Uint8Array(0)'],
    ['part of an image', new Uint8Array(7), 'Uint8Array(7)'],
    [
      'another size',
      { data: new Uint8Array(8), width: 1, height: 2 },
      'an image of 2×1 with 8 bytes',
    ],
    ['too few bytes', { data: new Uint8Array(6), width: 2, height: 1 }, 'an image of 1×2 with 6'],
  ])('refuses %s', (_what, pixels, got) => {
    const refused = () => prepare(pixels as never);
    expect(refused).toThrow('prepare: pixels must be images of 1×2×3: ');
    expect(refused).toThrow(got);
  });

  it('refuses tensors of other shapes, and leaks none', () => {
    const wrong = tf.zeros([2, 1, 3]);
    const before = tf.memory().numTensors;
    expect(() => prepare(wrong)).toThrow('a tensor of shape [2,1,3]');
    expect(tf.memory().numTensors).toBe(before);
    const texts = tf.fill([1, 2, 3], 'a');
    expect(() => prepare(texts)).toThrow('a tensor of string');
    expect(() => prepare(tf.complex(tf.ones([1, 2, 3]), tf.ones([1, 2, 3])))).toThrow(
      'a tensor of complex64',
    );
    wrong.dispose();
    expect(() => prepare(wrong)).toThrow('got "a disposed tensor"');
  });
});
