import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { pictureOf } from '../../.vitepress/theme/playground/picture-of.js';

beforeAll(() => tf.setBackend('cpu'));

describe('pictureOf', () => {
  it('keeps the brightness of values in [0, 1], grey for one channel', () => {
    const { width, height, pixels, caption } = pictureOf(tf.tensor2d([[0, 0.5, 0.2]]));
    expect([width, height]).toEqual([3, 1]);
    expect([...pixels]).toEqual([0, 0, 0, 255, 128, 128, 128, 255, 51, 51, 51, 255]);
    expect(caption).toBe('[1, 3], black is 0, white is 1');
  });

  it('scales other values from the least to the greatest', () => {
    const { pixels, caption } = pictureOf(tf.tensor3d([-2, 0, 2], [3, 1, 1]));
    expect([pixels[0], pixels[4], pixels[8]]).toEqual([0, 128, 255]);
    expect(caption).toBe('[3, 1, 1], black is -2, white is 2');
  });

  it('draws colours, opacity, and a batch of one', () => {
    const colour = pictureOf(tf.tensor4d([1, 0, 0.2], [1, 1, 1, 3]));
    expect([...colour.pixels]).toEqual([255, 0, 51, 255]);
    const clear = pictureOf(tf.tensor3d([1, 1, 1, 0], [1, 1, 4]));
    expect([...clear.pixels]).toEqual([255, 255, 255, 0]);
  });

  it('draws equal values and values that are not numbers', () => {
    expect(pictureOf(tf.fill([1, 1], 7)).pixels[0]).toBe(128);
    const { pixels, caption } = pictureOf(tf.tensor2d([[Number.NaN, 3, 5]]));
    expect([pixels[0], pixels[4], pixels[8]]).toEqual([0, 0, 255]);
    expect(caption).toContain('black is 3, white is 5');
  });

  it.each([
    [undefined, /^show: tensor must be a tensor, got undefined$/],
    [[[1]], /^show: tensor must be a tensor, got object$/],
    [
      tf.complex(tf.ones([2, 2]), tf.ones([2, 2])),
      /^show: tensor must have real numbers, got complex64; show tf.abs of it$/,
    ],
    [tf.tensor2d([['a']]), /^show: tensor must have real numbers, got string$/],
    [tf.ones([4]), /^show: tensor must be of shape .*, got \[4\]$/],
    [tf.ones([2, 2, 2]), /^show: tensor must be of shape .* got \[2, 2, 2\]$/],
    [tf.ones([2, 2, 2, 3]), /got \[2, 2, 2, 3\]$/],
    [tf.zeros([1, 2049]), /must have sides of 1 to 2048 pixels, got \[1, 2049\]$/],
    [tf.zeros([0, 3]), /must have sides of 1 to 2048 pixels/],
  ])('refuses what is no picture (%#)', (value, message) => {
    expect(() => pictureOf(value)).toThrow(message);
  });
});
