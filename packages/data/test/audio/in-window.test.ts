import { expect, it } from 'vitest';
import { inWindow } from '../../src/audio/in-window.js';
import { randomStream } from '../../src/index.js';

it('crops or pads at the centre, or at a random offset with a stream', () => {
  const x = Float32Array.of(1, 2, 3, 4, 5);
  expect([...inWindow(x, 3, null)]).toEqual([2, 3, 4]);
  expect([...inWindow(x, 8, null)]).toEqual([0, 1, 2, 3, 4, 5, 0, 0]);
  const random = randomStream(1);
  const starts = new Set(Array.from({ length: 60 }, () => inWindow(x, 3, random)[0]!));
  expect([...starts].sort()).toEqual([1, 2, 3]);
});
