import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { windowOutput, windowPads } from '../../src/graph/window-size.js';

const CASES = [1, 2, 5, 6, 9].flatMap((size) =>
  [1, 2, 3].flatMap((window) =>
    [1, 2, 3].map((stride) => [size, window, stride] as [number, number, number]),
  ),
);

it.each(CASES)('size %i, window %i, stride %i as in tfjs', (size, window, stride) => {
  for (const padding of ['same', 'valid'] as const) {
    if (padding === 'valid' && window > size) continue;
    const shape: [number, number, number, number] = [1, size, 1, 1];
    const info = tf.backend_util.computeConv2DInfo(
      shape,
      [window, 1, 1, 1],
      [stride, 1],
      1,
      padding,
    );
    expect(windowOutput(size, window, stride, padding)).toBe(info.outHeight);
    const { top, bottom } = info.padInfo;
    expect(windowPads(size, window, stride, padding)).toEqual([top, bottom]);
  }
});
